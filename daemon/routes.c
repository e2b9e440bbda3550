/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which path is answered by whom, and through which doors?
 */
#include "daemon/routes.h"

#include "daemon/response.h"

#include <string.h>

const struct param params_none[] = { { 0 } };

#define KEY      "name:string,public:base64,pem:string"
#define EXTENDED "pcr:integer,extended:boolean,values:object"

const struct route routes[] = {
    { "/v1/health", METHOD_GET, DOORS_ALL, DOORS_ALL, ENDPOINT_HEALTH, CONTENT_JSON,
      "Whether the TPM answers: 200 while attestd serves, 503 with the reason when not", params_none,
      api_health_work, NULL, api_health_answer, .schema = "status:string" },
    { "/v1/status", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_STATUS, CONTENT_JSON,
      "What serves here: version, TPM, attestation key, event logs", params_none, api_status_work,
      api_status_read, api_status_answer,
      .schema = "version:string,started:string,tpm:object,ak:object,eventlog:object,unlock:object?",
      .answers_anyway = true },
    { "/v1/pcrs", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_PCRS, CONTENT_JSON,
      "PCR values, all of one moment, unsigned", params_pcrs, api_pcrs_work, NULL, api_pcrs_answer,
      .schema = "bank:string,update_counter:integer,pcrs:object" },
    { "/v1/quote", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_QUOTE, CONTENT_JSON,
      "PCR values signed by the attestation key, with the caller's nonce", params_quote, api_quote_work,
      api_quote_read, api_quote_answer,
      .schema = "type:string,nonce:string,bank:string,pcrs:object,quoted:base64,signature:base64,ak:object,"
                "eventlog:base64?,eventlog_ima:base64?,eventlog_userspace:base64?" },
    { "/v1/document", METHODS_BOTH, DOORS_UNIX, DOORS_UNIX, ENDPOINT_DOCUMENT, CONTENT_JSON,
      "An attestation document of AWS's about this machine, from a NitroTPM", params_document,
      api_document_work, NULL, api_document_answer, .schema = "type:string,document:base64",
      .other_type = CONTENT_COSE, .dear = true },
    { "/v1/unlock/measure", METHOD_POST, DOOR_UNLOCK, 0, ENDPOINT_UNLOCK_MEASURE, CONTENT_JSON,
      "Extends a PCR, in every active bank, by what is about to be unlocked", params_measure, api_measure_work,
      NULL, api_extend_answer, .schema = EXTENDED },
    { "/v1/unlock/cap", METHOD_POST, DOOR_UNLOCK, 0, ENDPOINT_UNLOCK_CAP, CONTENT_JSON,
      "Extends a PCR, in every active bank, after which this boot unlocks no more", params_cap, api_cap_work,
      NULL, api_extend_answer, .schema = EXTENDED },
    { "/v1/evidence", METHODS_BOTH, DOORS_UNIX, DOORS_UNIX, ENDPOINT_EVIDENCE, CONTENT_JSON,
      "The AK's endorsement by AWS, a new quote of all SHA-384 PCRs, and the event logs", params_evidence,
      api_evidence_work, api_quote_read, api_evidence_answer,
      .schema = "type:string,nonce:string,endorsement:object,quote:object", .dear = true },
    { "/v1/ak", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_AK, CONTENT_JSON, "The attestation key",
      params_none, api_ak_work, NULL, api_ak_answer, .schema = KEY ",algorithm:string,endorsement:object?" },
    { "/v1/ak/activate", METHOD_POST, DOORS_UNIX, 0, ENDPOINT_AK_ACTIVATE, CONTENT_JSON,
      "Opens a credential that was made for the endorsement key and the attestation key", params_activate,
      api_activate_work, NULL, api_activate_answer, .schema = "credential:base64" },
    { "/v1/ek", METHODS_BOTH, DOORS_UNIX, DOORS_UNIX, ENDPOINT_EK, CONTENT_JSON, "The endorsement key",
      params_ek, api_ek_work, NULL, api_ek_answer, .schema = "key_type:string," KEY ",certificate:base64?" },
    { "/v1/eventlog", METHODS_BOTH, DOORS_UNIX, DOORS_UNIX, ENDPOINT_EVENTLOG, CONTENT_JSON,
      "An event log: its events, or its bytes (application/octet-stream)", params_eventlog, NULL,
      api_eventlog_read, api_eventlog_answer,
      .schema = "log:string,events:array,bytes:integer,rest:object?,error:object?,incomplete:boolean?",
      .other_type = CONTENT_BINARY },
    { "/v1/openapi.json", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_OPENAPI, CONTENT_JSON,
      "This description", params_none, NULL, NULL, api_openapi_answer,
      .schema = "openapi:string,info:object,servers:array,paths:object,components:object" },
    { "/metrics", METHODS_BOTH, DOORS_ALL, DOORS_UNIX, ENDPOINT_METRICS, "text/plain; version=0.0.4",
      "Counters for Prometheus", params_none, NULL, NULL, api_metrics_answer, .schema = NULL },
    { 0 },
};

const struct route *routes_find(const char *path)
{
    for (const struct route *route = routes; route->path; route++)
        if (strcmp(path, route->path) == 0)
            return route;
    return NULL;
}
