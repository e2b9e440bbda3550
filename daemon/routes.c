/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which path is answered by whom, and through which doors?
 */
#include "daemon/routes.h"

#include "daemon/response.h"

#include <string.h>

const struct param params_none[] = { { 0 } };

#define KEY "name:string,public:base64,pem:string"

const struct route routes[] = {
    { "/v1/health", METHOD_GET, DOORS_ALL, DOORS_ALL, ENDPOINT_HEALTH, CONTENT_JSON,
      "Whether the TPM answers: 200 while attestd serves, 503 with the reason when not", params_none,
      api_health_work, api_health_answer, "status:string", NULL },
    { "/v1/status", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_STATUS, CONTENT_JSON,
      "What serves here: version, TPM, attestation key", params_none, api_status_work, api_status_answer,
      "version:string,started:string,tpm:object,ak:object", NULL },
    { "/v1/pcrs", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_PCRS, CONTENT_JSON,
      "PCR values, all of one moment, unsigned", params_pcrs, api_pcrs_work, api_pcrs_answer,
      "bank:string,update_counter:integer,pcrs:object", NULL },
    { "/v1/quote", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_QUOTE, CONTENT_JSON,
      "PCR values signed by the attestation key, with the caller's nonce", params_quote, api_quote_work,
      api_quote_answer,
      "type:string,nonce:string,bank:string,pcrs:object,quoted:base64,signature:base64,ak:object", NULL },
    { "/v1/document", METHODS_BOTH, DOORS_UNIX, DOORS_UNIX, ENDPOINT_DOCUMENT, CONTENT_JSON,
      "An attestation document of AWS's about this machine, from a NitroTPM", params_document,
      api_document_work, api_document_answer, "type:string,document:base64", CONTENT_COSE },
    { "/v1/ak", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_AK, CONTENT_JSON, "The attestation key",
      params_none, api_ak_work, api_ak_answer, KEY ",algorithm:string", NULL },
    { "/v1/ak/activate", METHOD_POST, DOORS_UNIX, 0, ENDPOINT_AK_ACTIVATE, CONTENT_JSON,
      "Opens a credential that was made for the endorsement key and the attestation key", params_activate,
      api_activate_work, api_activate_answer, "credential:base64", NULL },
    { "/v1/ek", METHODS_BOTH, DOORS_UNIX, DOORS_UNIX, ENDPOINT_EK, CONTENT_JSON, "The endorsement key",
      params_ek, api_ek_work, api_ek_answer, "key_type:string," KEY ",certificate:base64?", NULL },
    { "/v1/openapi.json", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_OPENAPI, CONTENT_JSON,
      "This description", params_none, NULL, api_openapi_answer,
      "openapi:string,info:object,servers:array,paths:object,components:object", NULL },
    { "/metrics", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_METRICS, "text/plain; version=0.0.4",
      "Counters for Prometheus", params_none, NULL, api_metrics_answer, NULL, NULL },
    { 0 },
};

const struct route *routes_find(const char *path)
{
    for (const struct route *route = routes; route->path; route++)
        if (strcmp(path, route->path) == 0)
            return route;
    return NULL;
}
