/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom does a request go to? Trusts nothing but the configuration: a Region is only letters, digits and
 * hyphens, and no host name comes from instance metadata. After the endpoint rules of AWS's SDKs
 * (partitions.json).
 */
#include "aws/endpoint.h"

#include "aws/http_address.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define REGION_MAX 31

/* A Region is of the partition whose prefix it begins with; the first that fits counts. */
static const struct partition {
    const char *prefix, *name, *suffix;
    const char *dualstack; /* NULL: the partition has none */
} partitions[] = {
    { "cn-", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
    { "us-gov-", "aws-us-gov", "amazonaws.com", "api.aws" },
    { "us-iso-", "aws-iso", "c2s.ic.gov", NULL },
    { "us-isob-", "aws-iso-b", "sc2s.sgov.gov", NULL },
    { "eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", NULL },
    { "us-isof-", "aws-iso-f", "csp.hci.ic.gov", NULL },
    { "eusc-", "aws-eusc", "amazonaws.eu", NULL },
    { "", "aws", "amazonaws.com", "api.aws" },
};

static const struct partition *partition_of(const char *region)
{
    const struct partition *partition = partitions;

    while (strncmp(region, partition->prefix, strlen(partition->prefix)) != 0)
        partition++; /* ends at the last: every text begins with nothing */
    return partition;
}

const char *attest_endpoint_partition(const char *region)
{
    return partition_of(region)->name;
}

static bool is_region(const char *region)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length = strlen(region);

    return length > 0 && length <= REGION_MAX && region[0] != '-' && region[length - 1] != '-' &&
           strspn(region, alphabet) == length;
}

static enum attest_error use_own(const struct attest_endpoint_options *options,
                                 char ret_url[ATTEST_ENDPOINT_SIZE], struct attest_diag *diag)
{
    struct attest_http_address address = { 0 };

    if (options->fips || options->dualstack)
        return attest_fail(diag, ATTEST_USAGE, options->url, "either an endpoint or FIPS and dual-stack");
    if (attest_http_address_parse(options->url, &address, NULL) != ATTEST_OK || !address.tls)
        return attest_fail(diag, ATTEST_USAGE, options->url,
                           "an endpoint as https://HOST or https://HOST:PORT");
    snprintf(ret_url, ATTEST_ENDPOINT_SIZE, "https://%s", address.host);
    return ATTEST_OK;
}

enum attest_error attest_endpoint_find(const char *service, const char *region,
                                       const struct attest_endpoint_options *options,
                                       char ret_url[ATTEST_ENDPOINT_SIZE], struct attest_diag *diag)
{
    if (!is_region(region))
        return attest_fail(diag, ATTEST_USAGE, region, "a Region, such as eu-west-1");
    if (options->url)
        return use_own(options, ret_url, diag);
    const struct partition *partition = partition_of(region);
    const char *suffix = options->dualstack ? partition->dualstack : partition->suffix;
    if (!suffix)
        return attest_fail(diag, ATTEST_USAGE, region, "no dual-stack: partition %s has none", partition->name);
    /* S3's are older than the others' domain (S3 User Guide, "Using Amazon S3 dual-stack endpoints"). */
    bool in_name = options->dualstack && strcmp(service, "s3") == 0;
    snprintf(ret_url, ATTEST_ENDPOINT_SIZE, "https://%s%s%s.%s.%s", service, options->fips ? "-fips" : "",
             in_name ? ".dualstack" : "", region, in_name ? partition->suffix : suffix);
    return ATTEST_OK;
}
