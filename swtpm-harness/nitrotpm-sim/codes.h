/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of TPM 2.0 Library Part 2 (§6.5.2, §6.6.3, §6.12 to §6.13, §8.13, §13) that the simulator knows.
 */
#ifndef NITROTPM_SIM_CODES_H
#define NITROTPM_SIM_CODES_H

#define TPM_ST_NO_SESSIONS               0x8001
#define TPM_ST_SESSIONS                  0x8002
#define TPM_RS_PW                        0x40000009u

#define TPM_CC_NV_UNDEFINE_SPACE_SPECIAL 0x11fu
#define TPM_CC_NV_UNDEFINE_SPACE         0x122u
#define TPM_CC_CLEAR                     0x126u
#define TPM_CC_NV_DEFINE_SPACE           0x12au
#define TPM_CC_NV_INCREMENT              0x134u
#define TPM_CC_NV_SET_BITS               0x135u
#define TPM_CC_NV_EXTEND                 0x136u
#define TPM_CC_NV_WRITE                  0x137u
#define TPM_CC_NV_WRITE_LOCK             0x138u
#define TPM_CC_NV_CHANGE_AUTH            0x13bu
#define TPM_CC_POLICY_NV                 0x149u
#define TPM_CC_NV_READ                   0x14eu
#define TPM_CC_NV_READ_LOCK              0x14fu
#define TPM_CC_POLICY_SECRET             0x151u
#define TPM_CC_NV_READ_PUBLIC            0x169u
#define TPM_CC_START_AUTH_SESSION        0x176u
#define TPM_CC_GET_CAPABILITY            0x17au
#define TPM_CC_PCR_READ                  0x17eu
#define TPM_CC_NV_CERTIFY                0x184u
#define TPM_CC_POLICY_AUTHORIZE_NV       0x192u
#define TPM_CC_AWS_NSM_REQUEST           0x20000001u /* TPM2_VENDOR_AWS_NSM_REQUEST */

#define TPM_RC_SUCCESS                   0x000u
#define TPM_RC_HANDLE                    0x08bu /* + 0x100 for each handle */
#define TPM_RC_FAILURE                   0x101u
#define TPM_RC_AUTH_MISSING              0x125u
#define TPM_RC_AUTH_UNAVAILABLE          0x12fu
#define TPM_RC_COMMAND_SIZE              0x142u
#define TPM_RC_NV_SIZE                   0x147u
#define TPM_RC_NV_SPACE                  0x14bu
#define TPM_RC_NV_DEFINED                0x14cu
#define TPM_RC_RETRY                     0x922u

#define TPM_CAP_COMMANDS                 2u
#define TPM_CAP_TPM_PROPERTIES           6u

#define TPM_PT_VENDOR_STRING_1           0x106u
#define TPM_PT_VENDOR_STRING_4           0x109u
#define TPM_PT_NV_INDEX_MAX              0x117u
#define TPM_PT_TOTAL_COMMANDS            0x129u
#define TPM_PT_VENDOR_COMMANDS           0x12bu

#define TPM_ALG_SHA384                   0x000cu

#endif
