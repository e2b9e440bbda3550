/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of a request, of every type: as a JSON object, and as a name and a value in a query. */
#include "tests/fuzz/fuzz.h"

#include "daemon/params.h"

#include <string.h>

static const char *const choices[] = { "rsa-2048", "ecc-sec-p384", NULL };
static const struct param table[] = {
    { .name = "nonce", .type = PARAM_HEX, .required = true, .least = 16, .most = 64, .reserved = "attestd" },
    { .name = "secret", .type = PARAM_BASE64, .least = 1, .most = 32 },
    { .name = "bank", .type = PARAM_BANK },
    { .name = "pcrs", .type = PARAM_SELECTION },
    { 0 },
};
static const struct param choice_table[] = {
    { .name = "key_type", .type = PARAM_CHOICE, .choices = choices },
    { .name = "public_key", .type = PARAM_PUBLIC_KEY, .least = 1, .most = 64 },
    { 0 },
};

/* What was taken keeps within its limits, and what was not is said in words. */
static void judge(struct params *params, enum attest_error error, const struct attest_diag *diag)
{
    if (error != ATTEST_USAGE) /* what is reserved */
        demand_parsed(error);
    demand(error == ATTEST_OK || diag->expected[0] != '\0');
    for (size_t i = 0; params->table[i].name; i++) {
        const struct param_value *value = &params->values[i];
        demand(value->given || value->bytes.size == 0);
        demand(value->bytes.size <= params->table[i].most);
        demand(!value->given || value->bytes.size >= params->table[i].least);
        demand(value->choice < 2);
    }
    params_done(params);
}

static void fuzz_json(const struct param *declared, struct attest_view text)
{
    struct params params = { .table = declared };
    struct param_problem problem = { 0 };
    struct attest_diag diag = { 0 };

    enum attest_error error = params_set_json(&params, text, &problem, &diag);
    if (error == ATTEST_OK)
        error = params_check(&params, &problem, &diag);
    judge(&params, error, &diag);
}

static void fuzz_query(const struct param *declared, struct attest_view name, struct attest_view value)
{
    char text[64] = "";
    struct params params = { .table = declared };
    struct param_problem problem = { 0 };
    struct attest_diag diag = { 0 };

    if (name.size >= sizeof text)
        return;
    if (name.size > 0)
        memcpy(text, name.data, name.size);
    judge(&params, params_set(&params, text, value, &problem, &diag), &diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attest_view input = { data, size };

    fuzz_json(table, input);
    fuzz_json(choice_table, input);
    struct attest_view name = take_part(&input);
    fuzz_query(table, name, input);
    fuzz_query(choice_table, name, input);
    return 0;
}
