/* Certificates of an authority of the tests, as they stand in a recording.  Valid from 2026-01-01 to 2027-01-01 for imap,
 * smtp, pop and mail.example.com; only to 2026-06-01; for www.example.net. */
#ifndef WB_TESTS_PEMS_H
#define WB_TESTS_PEMS_H

#define PEM_GOOD \
  "-----BEGIN CERTIFICATE-----\\n" \
  "MIIB1jCCAX2gAwIBAgIUObpSghYNYpBNTdL0lRkr50NdXhowCgYIKoZIzj0EAwIw\\n" \
  "GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwHhcNMjYwMTAxMDAwMDAwWhcNMjcw\\n" \
  "MTAxMDAwMDAwWjAbMRkwFwYDVQQDDBBpbWFwLmV4YW1wbGUuY29tMFkwEwYHKoZI\\n" \
  "zj0CAQYIKoZIzj0DAQcDQgAEoFfg0PScoiU6Nd/RV3KatHvqbYT1F9KVsz8CeZBn\\n" \
  "EB/aMvPh4MS2A1S0ccpFMRI6zskglOqxXDn8wWjkvXzy86OBoDCBnTBQBgNVHREE\\n" \
  "STBHghBpbWFwLmV4YW1wbGUuY29tghBzbXRwLmV4YW1wbGUuY29tgg9wb3AuZXhh\\n" \
  "bXBsZS5jb22CEG1haWwuZXhhbXBsZS5jb20wCQYDVR0TBAIwADAdBgNVHQ4EFgQU\\n" \
  "3gMoEvHbIHdXp2OOTeSqBJk6A2UwHwYDVR0jBBgwFoAU00n3f6hRp4QPWBoM8o3x\\n" \
  "bpK2mHUwCgYIKoZIzj0EAwIDRwAwRAIgL1tECQFBp1vDF99yMjCxafyiiKO2r7WU\\n" \
  "PW6jEkhbhfECIG/ICkh4PfxtY8a89kaTjtxxZKT3vaD6M/ioW5i+IXEe\\n" \
  "-----END CERTIFICATE-----\\n"
#define PEM_OLD \
  "-----BEGIN CERTIFICATE-----\\n" \
  "MIIBxTCCAWugAwIBAgIUIH9fR0domzymjvLe3YTYo+9V2f0wCgYIKoZIzj0EAwIw\\n" \
  "GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwHhcNMjYwMTAxMDAwMDAwWhcNMjYw\\n" \
  "NjAxMDAwMDAwWjAbMRkwFwYDVQQDDBBpbWFwLmV4YW1wbGUuY29tMFkwEwYHKoZI\\n" \
  "zj0CAQYIKoZIzj0DAQcDQgAE02z7O1xVQDcpEW7R+zBpYNoHwcFUl5dMXKl/R8Ip\\n" \
  "mgDnwGes/2MhUYkcFOPVQTTD0RmNwgbt0C6eOj/aa3V2E6OBjjCBizA+BgNVHREE\\n" \
  "NzA1ghBpbWFwLmV4YW1wbGUuY29tghBzbXRwLmV4YW1wbGUuY29tgg9wb3AuZXhh\\n" \
  "bXBsZS5jb20wCQYDVR0TBAIwADAdBgNVHQ4EFgQUujXTHTbq92TqFgmxxRVjlsBr\\n" \
  "dz0wHwYDVR0jBBgwFoAU00n3f6hRp4QPWBoM8o3xbpK2mHUwCgYIKoZIzj0EAwID\\n" \
  "SAAwRQIgYi6oUi4GDti8BwVoZi9GHqwEMgraBwRd7SGHDF9ElqoCIQDYgE4sKiLc\\n" \
  "fFBbYoWg76kYYbsTqSTbExkAkvXRw16lzQ==\\n" \
  "-----END CERTIFICATE-----\\n"
#define PEM_OTHER \
  "-----BEGIN CERTIFICATE-----\\n" \
  "MIIBnjCCAUSgAwIBAgIUfVzbML9FjzV36YpyIN0uDeLL7r4wCgYIKoZIzj0EAwIw\\n" \
  "GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwHhcNMjYwMTAxMDAwMDAwWhcNMjcw\\n" \
  "MTAxMDAwMDAwWjAaMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5uZXQwWTATBgcqhkjO\\n" \
  "PQIBBggqhkjOPQMBBwNCAATGDH+WqCMXLzB86y7nB8+PLX/mqV6cl+bFLNRe1aBQ\\n" \
  "lbUPn+cOr9lGtKqLMbOs0+5TsWNNOUGekMNTCLKlvYD9o2kwZzAaBgNVHREEEzAR\\n" \
  "gg93d3cuZXhhbXBsZS5uZXQwCQYDVR0TBAIwADAdBgNVHQ4EFgQUbvFy07y0w9ch\\n" \
  "UfMZCV0PeVRukogwHwYDVR0jBBgwFoAU00n3f6hRp4QPWBoM8o3xbpK2mHUwCgYI\\n" \
  "KoZIzj0EAwIDSAAwRQIhAMHnIYQjVhF56JbnsTMV21SdhhkfF7/cQItS8vANE4a9\\n" \
  "AiBWjgDtGA9AcaVYkiWpomRoJjyOJIGWQPoLtjzurHQkUw==\\n" \
  "-----END CERTIFICATE-----\\n"
/* For imap.gmail.com, whose advice is in the knowledge; nobody else has its key. */
#define PEM_GMAIL \
  "-----BEGIN CERTIFICATE-----\\n" \
  "MIIBrDCCAVKgAwIBAgIUEQIPAwZ9/vF0AjWWzB5slvh514MwCgYIKoZIzj0EAwIw\\n" \
  "GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwHhcNMjYwMTAxMDAwMDAwWhcNMjcw\\n" \
  "MTAxMDAwMDAwWjAZMRcwFQYDVQQDDA5pbWFwLmdtYWlsLmNvbTBZMBMGByqGSM49\\n" \
  "AgEGCCqGSM49AwEHA0IABKs+0f4WT9uW382wS6OtU0lUjNaNrD98fCmXHHUMe3Jh\\n" \
  "GUqXmDCUvs7prUzXPtq7idm6urCCmBY050oYm9GYpE2jeDB2MCkGA1UdEQQiMCCC\\n" \
  "DmltYXAuZ21haWwuY29tgg5zbXRwLmdtYWlsLmNvbTAJBgNVHRMEAjAAMB0GA1Ud\\n" \
  "DgQWBBS+pp+mla6MkHeWTlpasQVIut3RJDAfBgNVHSMEGDAWgBQayi1wvF9Kvicx\\n" \
  "U3L1QpuKE0I+ZzAKBggqhkjOPQQDAgNIADBFAiEA3a499/IZH23jDgJVxjb3UMqW\\n" \
  "usrf5EUyMucIgt268zUCIFQrVgnhfDVT6ddx9zdju9GEV8+5//6xyxry8FAUZeP6\\n" \
  "-----END CERTIFICATE-----\\n"

#endif
