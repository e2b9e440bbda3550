/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Was Secure Boot on? An event's type is under no digest: whoever ran before the log was read may have retagged
 * what the firmware wrote, and extended PCR 7 with a more pleasing account afterwards. So types are not looked
 * at. Up to the separator nothing may come but what its own digest proves to be a variable, in the order that
 * the firmware has to keep (PFP §3.3.4.8; UEFI §32.5), or a text; what comes after it (authorities of what was
 * loaded, whose digests are not always of what is logged) can't change the answer.
 */
#include "evidence/secureboot.h"

#include "base/bytes.h"
#include "codec/efivar.h"

#include <string.h>

static const struct {
    bool security; /* of the image security database, else of the global variables */
    const char *name;
} order[] = { { false, "SecureBoot" }, { false, "PK" }, { false, "KEK" }, { true, "db" }, { true, "dbx" } };
#define ORDER_COUNT (sizeof order / sizeof order[0])

static void give_up(struct attest_secureboot *state, const char *problem)
{
    if (!state->problem)
        state->problem = problem;
}

static bool is_next(const struct attest_secureboot *state, const struct attest_efivar *variable)
{
    const char *name = order[state->variables].name;

    return order[state->variables].security ? attest_efivar_is_security(variable, name)
                                            : attest_efivar_is_global(variable, name);
}

static void look_at_variable(struct attest_secureboot *state, const struct attest_efivar *variable)
{
    if (state->variables == ORDER_COUNT) { /* dbt, dbr and the vendor's own */
        if (attest_efivar_is_global(variable, order[0].name))
            give_up(state, "the variable SecureBoot comes twice in PCR 7");
        return;
    }
    if (!is_next(state, variable)) {
        give_up(state, "PCR 7 does not begin with SecureBoot, PK, KEK, db and dbx");
        return;
    }
    if (state->variables == 0)
        state->enabled = variable->data.size == 1 && variable->data.data[0] == 1;
    state->variables++;
}

static bool is_text(struct attest_view data)
{
    for (size_t i = 0; i < data.size; i++)
        if ((data.data[i] < ' ' || data.data[i] > '~') && !(data.data[i] == 0 && i + 1 == data.size))
            return false;
    return true;
}

/* Firmware may note that a debugger is attached, or that DMA was open; with the first, it proves nothing. */
static void look_at_text(struct attest_secureboot *state, struct attest_view text)
{
    static const char debug[] = "UEFI Debug Mode";

    if (text.size >= sizeof debug - 1 && memcmp(text.data, debug, sizeof debug - 1) == 0)
        give_up(state, "the firmware was in debug mode");
}

/* Of any of the three values that PFP §10.4.1 has; 1 says that measuring went wrong. */
static bool look_at_separator(struct attest_secureboot *state, struct attest_view data)
{
    static const uint8_t zeros[4], ones[] = { 0xff, 0xff, 0xff, 0xff }, error[] = { 1, 0, 0, 0 };

    if (attest_view_equal(data, attest_view_of(error)))
        give_up(state, "the separator of PCR 7 tells of an error");
    else if (!attest_view_equal(data, attest_view_of(zeros)) && !attest_view_equal(data, attest_view_of(ones)))
        return false;
    state->separated = true;
    return true;
}

void attest_secureboot_look(struct attest_secureboot *state, struct attest_view data, bool proven)
{
    struct attest_efivar variable = { 0 };
    bool is_variable = attest_efivar_parse(data, &variable, NULL) == ATTEST_OK;

    state->events++;
    if (state->separated) { /* firmware measures it again where it changes before the system runs */
        if (proven && is_variable && attest_efivar_is_global(&variable, order[0].name))
            give_up(state, "the variable SecureBoot comes twice in PCR 7");
        return;
    }
    if (!proven)
        give_up(state, "an event in PCR 7 before its separator is not proven by its digest");
    else if (is_variable)
        look_at_variable(state, &variable);
    else if (look_at_separator(state, data))
        return;
    else if (is_text(data))
        look_at_text(state, data);
    else
        give_up(state, "an event in PCR 7 before its separator is no variable and no text");
}

bool attest_secureboot_is_on(const struct attest_secureboot *state, const char **ret_reason)
{
    const char *reason = state->problem                   ? state->problem
                         : state->variables < ORDER_COUNT ? "PCR 7 lacks SecureBoot, PK, KEK, db or dbx"
                         : !state->separated              ? "PCR 7 has no separator"
                         : !state->enabled                ? "the variable SecureBoot says that it was off"
                                                          : NULL;

    if (reason)
        *ret_reason = reason;
    return !reason;
}
