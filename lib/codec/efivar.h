/* SPDX-License-Identifier: Apache-2.0 */
/* A UEFI variable as firmware logs it: UEFI_VARIABLE_DATA (TCG PC Client Platform Firmware Profile 1.06
 * §10.2.6, "PFP"). Views point into the input. */
#ifndef ATTEST_CODEC_EFIVAR_H
#define ATTEST_CODEC_EFIVAR_H

#include "base/reader.h"

struct attest_efivar {
    struct attest_view vendor; /* EFI_GUID, 16 bytes */
    struct attest_view name;   /* UTF-16LE without NUL */
    struct attest_view data;
};

/* All of `wire` must be it. ATTEST_TRUNCATED, ATTEST_TRAILING. */
enum attest_error attest_efivar_parse(struct attest_view wire, struct attest_efivar *ret_variable,
                                      struct attest_diag *diag) attest_must_check;

/* The next one, where something may follow; failure is the reader's. */
struct attest_efivar attest_efivar_take(struct attest_reader *reader);

/* Whether the variable has this ASCII name, under EFI_GLOBAL_VARIABLE (UEFI 2.10 §3.3: SecureBoot, PK, KEK,
 * BootOrder, Boot####) or under EFI_IMAGE_SECURITY_DATABASE_GUID (§32.6.1: db, dbx, dbt, dbr). */
bool attest_efivar_is_global(const struct attest_efivar *variable, const char *name);
bool attest_efivar_is_security(const struct attest_efivar *variable, const char *name);

#endif
