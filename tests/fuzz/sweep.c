/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does fuzz_faults hold for seeds all over? A verification makes some ten thousand calls that could fail, and
 * even seeds fail one of them: the stride reaches the last. Prints TAP; for compilers without libFuzzer.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define SEEDS    600
#define STRIDE   35u /* odd, so that both kinds of seed come */
#define SUBJECTS 6   /* four quotes, a document, and evidence */

int main(void)
{
    for (uint32_t subject = 0; subject < SUBJECTS; subject++) {
        for (uint32_t i = 0; i < SEEDS; i++) {
            uint32_t both = subject << 24 | i * STRIDE;
            uint8_t input[sizeof both];
            memcpy(input, &both, sizeof both);
            LLVMFuzzerTestOneInput(input, sizeof input);
        }
        printf("ok %u - %d seeds of faults in subject %u\n", subject + 1, SEEDS, subject);
        fflush(stdout);
    }
    printf("1..%d\n", SUBJECTS);
    return 0;
}
