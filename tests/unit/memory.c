/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc/self/mem in pieces that overlap, into a mapping of its own that is left out (proc(5)). */
#include "tests/unit/memory.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/mman.h>

#define PIECE       ((size_t)64 << 10)
#define MAPPING_MAX ((unsigned long)256 << 20)

static bool matches(const uint8_t *at, struct attest_view complement, bool backwards)
{
    for (size_t i = 0; i < complement.size; i++)
        if ((at[i] ^ complement.data[backwards ? complement.size - 1 - i : i]) != 0xff)
            return false;
    return true;
}

/* memchr, because of all that there is to go through. */
static unsigned count(const uint8_t *data, size_t size, struct attest_view complement, bool backwards)
{
    const int begins = (uint8_t)~complement.data[backwards ? complement.size - 1 : 0];
    const uint8_t *at = data, *end = data + size;
    unsigned found = 0;

    while ((at = memchr(at, begins, (size_t)(end - at))) && (size_t)(end - at) >= complement.size)
        found += matches(at++, complement, backwards);
    return found;
}

static unsigned count_mapping(int memory, unsigned long first, unsigned long end, uint8_t *piece,
                              struct attest_view complement)
{
    unsigned found = 0;

    while (first < end) {
        ssize_t got = pread(memory, piece, end - first < PIECE ? end - first : PIECE, (off_t)first);
        if (got <= 0) /* a guard page, or a device's */
            break;
        found += count(piece, (size_t)got, complement, false) + count(piece, (size_t)got, complement, true);
        if ((size_t)got < PIECE)
            break;
        first += PIECE - (complement.size - 1);
    }
    return found;
}

static bool holds(unsigned long first, unsigned long end, const void *address)
{
    return (unsigned long)address >= first && (unsigned long)address < end;
}

struct memory_found memory_find(struct attest_view complement, const void *address)
{
    struct memory_found found = { 0 };
    unsigned long first, end;
    char line[1024], readable;

    uint8_t *piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(piece != MAP_FAILED);
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    FILE *maps = fopen("/proc/self/maps", "re");
    assert_true(memory >= 0 && maps);
    while (fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx %c", &first, &end, &readable) != 3 || readable != 'r')
            continue;
        if (end - first > MAPPING_MAX || holds(first, end, piece))
            continue;
        unsigned here = count_mapping(memory, first, end, piece, complement);
        if (holds(first, end, address))
            found.inside += here;
        else
            found.outside += here;
    }
    fclose(maps);
    close(memory);
    munmap(piece, PIECE);
    return found;
}
