/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What do certificates of a NitroTPM look like? As in a real document of 2026: lifetimes, path lengths, key
 * usages and which of them are critical, orders of names and extensions, serial numbers. Where AWS has "aws",
 * here is "simulator"; the organisation says it in every name.
 */
#include "swtpm-harness/nitrotpm-sim/ca_levels.h"

#include <openssl/rand.h>
#include <stdio.h>

#define MINUTE 60
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define YEAR   (365 * (int64_t)DAY)

#define ORGANISATION                                                                                           \
    {                                                                                                          \
        "O", "nitrotpm-sim simulator"                                                                          \
    }
#define UNIT                                                                                                   \
    {                                                                                                          \
        "OU", "not AWS"                                                                                        \
    }
#define CA_USAGE "critical,digitalSignature,keyCertSign,cRLSign"
#define CRL      "URI:http://crl.simulator.example/crl/none.crl"

const struct ca_level_form ca_level_forms[CA_LEVELS] = {
    /* A year old already, so that a simulated clock may be behind. */
    [CA_ROOT] = { YEAR,
                  29 * YEAR,
                  0,
                  127,
                  { { "C", "US" }, ORGANISATION, UNIT, { "CN", NULL } },
                  { { NID_basic_constraints, "critical,CA:TRUE" },
                    { NID_subject_key_identifier, "hash" },
                    { NID_key_usage, CA_USAGE } } },
    [CA_REGIONAL] = { HOUR,
                      20 * DAY,
                      7 * DAY,
                      127,
                      { { "C", "US" }, ORGANISATION, UNIT, { "CN", NULL } },
                      { { NID_basic_constraints, "critical,CA:TRUE,pathlen:2" },
                        { NID_authority_key_identifier, "keyid:always" },
                        { NID_subject_key_identifier, "hash" },
                        { NID_key_usage, CA_USAGE },
                        { NID_crl_distribution_points, CRL } } },
    [CA_ZONAL] = { HOUR,
                   5 * DAY + 18 * HOUR,
                   2 * DAY,
                   127,
                   { { "CN", NULL }, UNIT, ORGANISATION, { "C", "US" }, { "ST", "WA" }, { "L", "Seattle" } },
                   { { NID_basic_constraints, "critical,CA:TRUE,pathlen:1" },
                     { NID_authority_key_identifier, "keyid:always" },
                     { NID_subject_key_identifier, "hash" },
                     { NID_key_usage, CA_USAGE },
                     { NID_crl_distribution_points, CRL } } },
    [CA_INSTANCE] = { 0,
                      DAY,
                      4 * HOUR,
                      159,
                      { { "C", "US" },
                        { "ST", "Washington" },
                        { "L", "Seattle" },
                        ORGANISATION,
                        UNIT,
                        { "CN", NULL } },
                      { { NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
                        { NID_key_usage, "critical,keyCertSign" },
                        { NID_subject_key_identifier, "hash" },
                        { NID_authority_key_identifier, "keyid:always" } } },
    [CA_LEAF] = { 3,
                  3 * HOUR,
                  15 * MINUTE,
                  0,
                  { { "C", "US" },
                    { "ST", "Washington" },
                    { "L", "Seattle" },
                    ORGANISATION,
                    UNIT,
                    { "CN", NULL } },
                  { { NID_basic_constraints, "critical,CA:FALSE" },
                    { NID_key_usage, "digitalSignature,nonRepudiation" } } },
};

void ca_level_name(const struct ca *ca, enum ca_level level, char ret_name[CA_NAME_SIZE])
{
    uint64_t number = 0;
    int instance = (int)sizeof "i-0123456789abcdef0" - 1; /* the module's id begins with it */

    RAND_bytes((unsigned char *)&number, sizeof number);
    switch (level) {
    case CA_REGIONAL:
        snprintf(ret_name, CA_NAME_SIZE, "%016jx.%s.simulator.nitro-enclaves", (uintmax_t)number, ca->region);
        break;
    case CA_ZONAL:
        snprintf(ret_name, CA_NAME_SIZE, "%016jx.zonal.%s.simulator.nitro-enclaves", (uintmax_t)number,
                 ca->region);
        break;
    case CA_INSTANCE:
        snprintf(ret_name, CA_NAME_SIZE, "%.*s.%s.simulator.nitro-enclaves", instance, ca->module_id,
                 ca->region);
        break;
    case CA_LEAF:
        snprintf(ret_name, CA_NAME_SIZE, "%s.%s.simulator", ca->module_id, ca->region);
        break;
    default:
        snprintf(ret_name, CA_NAME_SIZE, "simulator.nitro-enclaves");
    }
}
