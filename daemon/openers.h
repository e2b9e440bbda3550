/* SPDX-License-Identifier: Apache-2.0 */
/* Who else may open the TPM. */
#ifndef ATTESTD_OPENERS_H
#define ATTESTD_OPENERS_H

#include "codec/json_writer.h"

/* An array with an object for each TPM device that there is: path, owner, group, mode, members of the group. */
void openers_write(struct attest_json_writer *json, const char *name);

#endif
