import type { VerificationSnippet } from "../snippet-list";

/**
 * Functions that verify an event as it arrives at a partner's server, and return it. Each takes the secret,
 * the headers by lower-case name and the bytes of the body, and throws unless a signature is right and the
 * event was sent within five minutes. https://github.com/standard-webhooks/standard-webhooks
 */
export const eventSnippets: readonly VerificationSnippet[] = [
  {
    language: "Node",
    file: "read-event.mjs",
    code: `import { Webhook } from "standardwebhooks"; // npm install standardwebhooks

/** rawBody: the body exactly as it arrived, before any JSON parser. */
export function readEvent(secret, headers, rawBody) {
  return new Webhook(secret).verify(rawBody, headers);
}
`,
  },
  {
    language: "Python",
    file: "read_event.py",
    code: `import base64
import hashlib
import hmac
import json
import time


def read_event(secret, headers, raw_body, now=None):
    """raw_body: the bytes exactly as they arrived, before any JSON parser."""
    event_id = headers["webhook-id"]
    timestamp = headers["webhook-timestamp"]
    if abs((time.time() if now is None else now) - int(timestamp)) > 300:
        raise ValueError("The event was not sent within five minutes.")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{event_id}.{timestamp}.".encode() + raw_body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    signatures = headers["webhook-signature"].encode().split(b" ")
    if not any(hmac.compare_digest(signature, expected) for signature in signatures):
        raise ValueError("The signature is not valid.")
    return json.loads(raw_body)
`,
  },
  {
    language: "PHP",
    file: "read_event.php",
    code: `<?php

/** $rawBody: file_get_contents('php://input'). $headers: by lower-case name. */
function readEvent(string $secret, array $headers, string $rawBody, ?int $now = null): array
{
    $id = $headers['webhook-id'] ?? '';
    $timestamp = $headers['webhook-timestamp'] ?? '';
    if (!ctype_digit($timestamp) || abs(($now ?? time()) - (int) $timestamp) > 300) {
        throw new RuntimeException('The event was not sent within five minutes.');
    }
    $key = base64_decode(substr($secret, strlen('whsec_')), true);
    $digest = hash_hmac('sha256', "{$id}.{$timestamp}.{$rawBody}", $key, true);
    $expected = 'v1,' . base64_encode($digest);
    foreach (explode(' ', $headers['webhook-signature'] ?? '') as $signature) {
        if (hash_equals($expected, $signature)) {
            return json_decode($rawBody, true, 512, JSON_THROW_ON_ERROR);
        }
    }
    throw new RuntimeException('The signature is not valid.');
}
`,
  },
  {
    language: "C#",
    file: "ReadEvent.cs",
    code: `using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

public static class PortalEvents
{
    /// <summary>rawBody: the bytes exactly as they arrived, before any JSON parser.</summary>
    public static JsonDocument Read(
        string secret, string id, string timestamp, string signatures, byte[] rawBody, DateTimeOffset now)
    {
        if (!long.TryParse(timestamp, out var sentAt) || Math.Abs(now.ToUnixTimeSeconds() - sentAt) > 300)
            throw new CryptographicException("The event was not sent within five minutes.");
        var key = Convert.FromBase64String(secret.Substring("whsec_".Length));
        var signed = Encoding.UTF8.GetBytes(id + "." + timestamp + ".").Concat(rawBody).ToArray();
        byte[] digest;
        using (var hmac = new HMACSHA256(key))
            digest = hmac.ComputeHash(signed);
        var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(digest));
        foreach (var signature in signatures.Split(' '))
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected))
                return JsonDocument.Parse(rawBody);
        }
        throw new CryptographicException("The signature is not valid.");
    }
}
`,
  },
  {
    language: "Go",
    file: "read_event.go",
    code: `package events

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ReadEvent verifies rawBody, the bytes exactly as they arrived, and returns the event.
func ReadEvent(secret string, header http.Header, rawBody []byte, now time.Time) (map[string]any, error) {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return nil, errors.New("the event was not sent within five minutes")
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(rawBody)
	expected := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	for _, signature := range strings.Split(header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(signature), expected) {
			var event map[string]any
			err := json.Unmarshal(rawBody, &event)
			return event, err
		}
	}
	return nil, errors.New("the signature is not valid")
}
`,
  },
];
