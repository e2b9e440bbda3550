/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator's control socket: every line is answered, and a fault that is on says so in words that switch
 * it on. */
#include "tests/fuzz/fuzz.h"

#include "base/reader.h"
#include "swtpm-harness/nitrotpm-sim/console.h"

#include <string.h>

#define ANSWER_MAX 65536

static void demand_answered(struct attest_view answer)
{
    demand(answer.size > 0 && answer.data[answer.size - 1] == '\n');
    for (size_t i = 0; i < answer.size; i++)
        demand(answer.data[i] == '\n' || (answer.data[i] >= ' ' && answer.data[i] <= '~'));
}

/* What is listed, given back to a simulator without faults, makes the same list. */
static void demand_listed_again(const struct faults *faults)
{
    _cleanup_(attest_bytes_done) struct attest_bytes list = attest_bytes_init(ANSWER_MAX);
    _cleanup_(attest_bytes_done) struct attest_bytes again = attest_bytes_init(ANSWER_MAX);
    struct faults copy = { 0 };
    struct attest_view line;

    faults_append(faults, &list);
    struct attest_reader reader = attest_reader_init(attest_bytes_view(&list));
    while (attest_reader_split(&reader, '\n', &line)) {
        char text[256] = "";
        demand(line.size < sizeof text);
        memcpy(text, line.data, line.size);
        demand(faults_set(&copy, text, NULL) == ATTEST_OK);
    }
    faults_append(&copy, &again);
    demand(attest_view_equal(attest_bytes_view(&list), attest_bytes_view(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tpm tpm; /* of which a line reaches faults and counts alone */
    struct attest_reader reader = attest_reader_init((struct attest_view){ data, size });
    struct attest_view line;
    bool more = true;

    tpm = (struct tpm){ 0 };
    while (more) {
        _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(ANSWER_MAX);
        more = attest_reader_split(&reader, '\n', &line);
        if (line.size > CONSOLE_LINE_MAX)
            return 0;
        console_execute(&tpm, line, &answer);
        demand_answered(attest_bytes_view(&answer));
        demand_listed_again(&tpm.faults);
    }
    return 0;
}
