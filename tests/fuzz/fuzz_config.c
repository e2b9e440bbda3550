/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration file of any content, by the daemon's own reader: what it takes keeps within config.def. It
 * reads only what root owns, so without root there is nothing to find. */
#include "tests/fuzz/fuzz.h"

#include "codec/pcrs.h"
#include "daemon/config.h"
#include "evidence/unlockevent.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define demand_within(value, least, most)      demand((value) >= (least) && (value) <= (most))

#define JUDGE_NUMBER(value, least, most)       demand_within(value, least, most)
#define JUDGE_DURATION(value, least, most)     demand_within(value, least, most)
#define JUDGE_HANDLE(value, least, most)       demand_within(value, least, most)
#define JUDGE_TEXT(value, least, most)         demand_within(strlen(value), (size_t)(least), (size_t)(most))
#define JUDGE_AK_ALGORITHM(value, least, most) demand((value) <= ATTEST_TPM_AK_RSASSA_2048)
#define JUDGE_BANK(value, least, most)         demand((value) != ATTEST_HASH_NONE && (value) < ATTEST_HASH_COUNT)
#define JUDGE_SELECTION(value, least, most)    demand((value) != 0 && ((value) & ~ATTEST_PCR_ALL) == 0)
#define JUDGE_ACCESS(value, least, most)       judge_access(&(value))
#define JUDGE_OPTIONAL(value, least, most)     demand(!(value) || strlen(value) <= (size_t)(most))
#define JUDGE_BOOLEAN(value, least, most)      demand((value) == true || (value) == false)
#define JUDGE_PCR(value, least, most)                                                                          \
    demand((value) == CONFIG_NO_PCR || (value) == 14 || ((value) >= 17 && (value) <= 22))
#define JUDGE_SOURCE(value, least, most) JUDGE_TEXT(value, least, most)
#define JUDGE_PATH(value, least, most)   demand((value)[0] == '/' && !strstr(value, "//") && !strstr(value, "/."))
#define JUDGE_FORMAT(value, least, most) demand((value) == CONFIG_SECRET_SDK || (value) == CONFIG_SECRET_KMS)
#define JUDGE_MODE(value, least, most)   demand((value) <= (most))
#define JUDGE_DIGEST(value, least, most) demand((value).given == true || (value).given == false)
#define JUDGE_ARNS(value, least, most)   demand_within((value).count, least, most)
#define JUDGE_PAIRS(value, least, most)  demand((value).count <= (most))

static void judge_access(const struct access_rule *rule)
{
    demand(rule->kind == ACCESS_LIST ? rule->count > 0 && rule->count <= ACCESS_ENTRIES_MAX : rule->count == 0);
}

static void judge_secret(const struct config_secret *secret)
{
    demand(attest_unlockevent_is_name(attest_view_text(secret->name)));
#define SECRET(key, type, field, value, least, most, what) JUDGE_##type(secret->field, least, most);
#include "daemon/secret.def"
#undef SECRET
}

static void judge(const struct config *config)
{
#define CONFIG(section, key, type, field, value, least, most, what) JUDGE_##type(config->field, least, most);
#include "daemon/config.def"
#undef CONFIG
    demand(config->access[ENDPOINT_HEALTH].kind == ACCESS_DOOR);
    demand(config->secret_count <= CONFIG_SECRETS_MAX);
    for (size_t i = 0; i < config->secret_count; i++)
        judge_secret(&config->secrets[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_close_ int fd = memfd_create("attestd.conf", MFD_CLOEXEC);
    _cleanup_(config_cleanup) struct config *config = NULL;
    struct attest_diag diag = { 0 };
    char path[64], where[128] = "";

    demand(fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum attest_error error =
        config_load(&(struct config_source){ .path = path }, &config, where, sizeof where, &diag);
    demand((error == ATTEST_OK) == (config != NULL));
    if (config)
        judge(config);
    else if (getuid() == 0)
        demand_parsed(error);
    demand(strncmp(where, path, strlen(path)) == 0);
    demand(error == ATTEST_OK || diag.expected[0] != '\0');
    return 0;
}
