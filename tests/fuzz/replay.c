/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the harness survive its corpus? For compilers without libFuzzer: runs it with every file of the folders
 * given, or of tests/fuzz/corpus/NAME where it is called fuzz_NAME, and prints TAP.
 */
#include "tests/fuzz/fuzz.h"

#include "base/file.h"

#include <dirent.h>
#include <string.h>

#define INPUT_MAX ((size_t)1 << 20)

static unsigned count;

static void replay(const char *path)
{
    _cleanup_(attest_bytes_done) struct attest_bytes input = attest_bytes_init(0);

    if (attest_file_read(path, INPUT_MAX, &input, NULL) != ATTEST_OK) {
        printf("not ok %u - %s can't be read\n", ++count, path);
        return;
    }
    LLVMFuzzerTestOneInput(input.data, input.size); /* returns only where it found nothing wrong */
    printf("ok %u - %s\n", ++count, path);
    fflush(stdout);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void replay_folder(const char *folder)
{
    struct dirent **files;
    int found = scandir(folder, &files, is_visible, alphasort);

    for (int i = 0; i < found; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
        replay(path);
        free(files[i]);
    }
    if (found >= 0)
        free(files);
}

int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++)
        replay_folder(argv[i]);
    if (argc == 1) {
        const char *source = getenv("srcdir"), *name = strstr(argv[0], "fuzz_");
        char folder[1024];
        snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", source ? source : ".",
                 name ? name + strlen("fuzz_") : "");
        replay_folder(folder);
    }
    if (count == 0)
        puts("not ok 1 - there is no corpus");
    printf("1..%u\n", count > 0 ? count : 1);
    return count > 0 ? 0 : 1;
}
