/* SPDX-License-Identifier: Apache-2.0 */
/* What of AWS's environment variables counts, which is nothing unless the configuration says otherwise. */
#ifndef ATTEST_UNLOCK_ENVIRONMENT_H
#define ATTEST_UNLOCK_ENVIRONMENT_H

#include "aws/credentials.h"
#include "daemon/config.h"

/* Where credentials come from. Texts are the configuration's, the environment's, or of static storage. */
enum attest_error environment_credentials(const struct config *config,
                                          struct attest_credentials_options *ret_options,
                                          struct attest_diag *diag) attest_must_check;

#endif
