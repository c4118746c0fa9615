import type { VerificationSnippet } from "../snippet-list";

/**
 * Functions that verify a delivery of Hero, for whoever receives Hero's webhooks in a system of their own.
 * Each takes the key, both headers, the raw bytes of the body and the time now, and gives true or false.
 */
export const verificationSnippets: readonly VerificationSnippet[] = [
  {
    language: "Node",
    file: "verify-hero.mjs",
    code: `import { createHmac, timingSafeEqual } from "node:crypto";

/** rawBody: a Buffer with the bytes as they arrived. Parse them only after this returned true. */
export function isSignedByHero({ key, timestamp, signature, rawBody, now = Date.now() }) {
  if (!timestamp || !signature) return false;
  const expected = createHmac("sha256", key).update(timestamp + ".").update(rawBody).digest();
  const text = signature.trim().replace(/^sha256=/i, "");
  const given = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? "hex" : "base64");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const sentAt = /^\\d{13}$/.test(timestamp)
    ? Number(timestamp)
    : /^\\d{10}$/.test(timestamp)
      ? Number(timestamp) * 1000
      : Date.parse(timestamp);
  return Math.abs(now - sentAt) <= 5 * 60 * 1000;
}
`,
  },
  {
    language: "Python",
    file: "verify_hero.py",
    code: `import base64
import binascii
import hashlib
import hmac
import re
import time
from datetime import datetime


def is_signed_by_hero(key, timestamp, signature, raw_body, now=None):
    """raw_body: the bytes as they arrived. Parse them only after this returned True."""
    if not timestamp or not signature:
        return False
    signed = timestamp.encode() + b"." + raw_body
    expected = hmac.new(key.encode(), signed, hashlib.sha256).digest()
    text = re.sub(r"^sha256=", "", signature.strip(), flags=re.IGNORECASE)
    try:
        if re.fullmatch(r"[0-9a-fA-F]{64}", text):
            given = bytes.fromhex(text)
        else:
            given = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        if not hmac.compare_digest(given, expected):
            return False
        if re.fullmatch(r"[0-9]{13}", timestamp):
            sent_at = int(timestamp) / 1000
        elif re.fullmatch(r"[0-9]{10}", timestamp):
            sent_at = int(timestamp)
        else:
            sent_at = datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp()
    except (ValueError, binascii.Error):
        return False
    return abs((time.time() if now is None else now) - sent_at) <= 5 * 60
`,
  },
  {
    language: "PHP",
    file: "verify_hero.php",
    code: `<?php

/** $rawBody: file_get_contents('php://input'). Parse it only after this returned true. */
function isSignedByHero(string $key, string $timestamp, string $signature, string $rawBody, ?int $now = null): bool
{
    $expected = hash_hmac('sha256', $timestamp . '.' . $rawBody, $key, true);
    $text = preg_replace('/^sha256=/i', '', trim($signature));
    $given = preg_match('/^[0-9a-f]{64}$/i', $text) ? hex2bin($text) : base64_decode($text, true);
    if ($given === false || !hash_equals($expected, $given)) {
        return false;
    }
    if (preg_match('/^\\d{13}$/', $timestamp)) {
        $sentAt = intdiv((int) $timestamp, 1000);
    } elseif (preg_match('/^\\d{10}$/', $timestamp)) {
        $sentAt = (int) $timestamp;
    } else {
        $sentAt = strtotime($timestamp);
    }
    return $sentAt !== false && abs(($now ?? time()) - $sentAt) <= 5 * 60;
}
`,
  },
  {
    language: "C#",
    file: "HeroSignature.cs",
    code: `using System;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

public static class HeroSignature
{
    /// <summary>rawBody: the bytes as they arrived. Parse them only after this returned true.</summary>
    public static bool IsSignedByHero(
        string key, string timestamp, string signature, byte[] rawBody, DateTimeOffset now)
    {
        var signed = Encoding.UTF8.GetBytes(timestamp + ".").Concat(rawBody).ToArray();
        byte[] expected;
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(key)))
            expected = hmac.ComputeHash(signed);
        var text = Regex.Replace(signature.Trim(), "^sha256=", "", RegexOptions.IgnoreCase);
        byte[] given;
        try
        {
            given = Regex.IsMatch(text, "^[0-9a-fA-F]{64}$")
                ? Enumerable.Range(0, 32).Select(i => Convert.ToByte(text.Substring(2 * i, 2), 16)).ToArray()
                : Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return false;
        }
        if (!CryptographicOperations.FixedTimeEquals(given, expected)) return false;
        DateTimeOffset sentAt;
        if (Regex.IsMatch(timestamp, "^[0-9]{13}$"))
            sentAt = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(timestamp));
        else if (Regex.IsMatch(timestamp, "^[0-9]{10}$"))
            sentAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp));
        else if (!DateTimeOffset.TryParse(
            timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out sentAt))
            return false;
        return (now - sentAt).Duration() <= TimeSpan.FromMinutes(5);
    }
}
`,
  },
  {
    language: "Go",
    file: "verify_hero.go",
    code: `package hero

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// IsSigned takes the body as it arrived. Parse it only after this returned true.
func IsSigned(key, timestamp, signature string, rawBody []byte, now time.Time) bool {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(timestamp + "."))
	mac.Write(rawBody)
	text := strings.TrimSpace(signature)
	if len(text) > 7 && strings.EqualFold(text[:7], "sha256=") {
		text = text[7:]
	}
	given, err := hex.DecodeString(text)
	if err != nil || len(given) != sha256.Size {
		given, err = base64.StdEncoding.DecodeString(text)
	}
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
		return false
	}
	var sentAt time.Time
	if number, err := strconv.ParseInt(timestamp, 10, 64); err == nil && len(timestamp) == 13 {
		sentAt = time.UnixMilli(number)
	} else if err == nil {
		sentAt = time.Unix(number, 0)
	} else if sentAt, err = time.Parse(time.RFC3339, timestamp); err != nil {
		return false
	}
	return now.Sub(sentAt).Abs() <= 5*time.Minute
}
`,
  },
];
