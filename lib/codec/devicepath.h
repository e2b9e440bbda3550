/* SPDX-License-Identifier: Apache-2.0 */
/* EFI device paths (UEFI 2.10 §10.3) in the text form of §10.6. */
#ifndef ATTEST_CODEC_DEVICEPATH_H
#define ATTEST_CODEC_DEVICEPATH_H

#include "base/bytes.h"

/* Appends all of `path`: nodes with '/' between them, instances with ',' and further paths behind an end with
 * ';'. Nodes that are not known, or not of their type's form, become Path(type,subtype,hex); hex is cut ("...")
 * after 64 bytes. What the specification leaves open is in lowercase, an EUI-64 as in Linux, in the order of
 * its bytes. An end node may be missing. ATTEST_MALFORMED where a node is shorter than its head or longer than
 * what there is: then nothing was appended; or what `out` met. */
enum attest_error attest_devicepath_format(struct attest_view path, struct attest_bytes *out,
                                           struct attest_diag *diag) attest_must_check;

#endif
