//! Whether to try again, and when: status codes, the server's own wishes, and a capped backoff.
//!
//! Pure: it computes, it does not wait and does not send. The wait is the longer of our own backoff
//! and what the server asks for; our own backoff is capped, the server's wish is not shortened: when
//! it is longer than we are ready to wait, we give up and say until when.

use std::time::Duration;

use reqwest::header::HeaderMap;
use time::OffsetDateTime;

use super::envelope::AzureError;

/// How often and how patiently to try.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// Tries in all, the first included, for an answer that asks for another one.
    pub tries: u32,
    /// Tries in all when no answer comes (refused connection, reset, cut-off body).
    pub tries_without_answer: u32,
    /// Tries in all when an answer takes too long: each of them has cost the whole time already.
    pub tries_after_timeout: u32,
    /// The first backoff; it doubles from try to try.
    pub first_backoff: Duration,
    /// Our own backoff never grows beyond this.
    pub backoff_cap: Duration,
    /// A server that asks for a longer single wait than this is not waited for.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 6,
            tries_without_answer: 4,
            tries_after_timeout: 2,
            first_backoff: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(20),
            longest_wait: Duration::from_secs(60),
        }
    }
}

/// What to do after a try that brought no good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Wait so long, then try again.
    Again(Duration),
    /// The tries ran out, or the answer is final.
    Final,
    /// The server asks for a longer wait than we are ready for.
    TooLong(Duration),
}

impl RetryPolicy {
    /// Judges an answer. `tried` counts the tries made, `jitter` lies between 0 and 1.
    pub fn after_answer(
        &self,
        status: u16,
        asked: Option<Duration>,
        tried: u32,
        jitter: f64,
    ) -> Verdict {
        if !is_worth_another_try(status) {
            return Verdict::Final;
        }
        let wait = self.wait(asked, tried, jitter);
        if wait > self.longest_wait.max(self.backoff_cap) {
            return Verdict::TooLong(wait);
        }
        if tried >= self.tries {
            return Verdict::Final;
        }
        Verdict::Again(wait)
    }

    /// Judges a try without an answer.
    pub fn after_silence(&self, is_timeout: bool, tried: u32, jitter: f64) -> Verdict {
        let most = if is_timeout {
            self.tries_after_timeout
        } else {
            self.tries_without_answer
        };
        if tried >= most {
            Verdict::Final
        } else {
            Verdict::Again(self.wait(None, tried, jitter))
        }
    }

    /// The longer of our own capped backoff and what the server asks for.
    fn wait(&self, asked: Option<Duration>, tried: u32, jitter: f64) -> Duration {
        self.own_backoff(tried, jitter)
            .max(asked.unwrap_or_default())
    }

    /// Doubles from try to try, never beyond the cap, and lies between half and the whole of it.
    fn own_backoff(&self, tried: u32, jitter: f64) -> Duration {
        let doubled = 2_u32
            .checked_pow(tried.saturating_sub(1))
            .and_then(|factor| self.first_backoff.checked_mul(factor))
            .unwrap_or(self.backoff_cap);
        doubled
            .min(self.backoff_cap)
            .mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0))
    }
}

/// Whether another try may bring a better answer.
pub fn is_worth_another_try(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// How long the server asks to wait: the longest of what its headers say, else the seconds that its
/// message names.
pub fn asked_wait(
    headers: &HeaderMap,
    error: Option<&AzureError>,
    now: OffsetDateTime,
) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"]
        .into_iter()
        .filter_map(|name| text(name)?.parse::<f64>().ok())
        .filter_map(|ms| Duration::try_from_secs_f64(ms / 1000.0).ok());
    let seconds = text("retry-after").and_then(|value| seconds_or_date(value, now));
    milliseconds
        .chain(seconds)
        .max()
        .or_else(|| error?.texts().find_map(seconds_in_message))
}

fn seconds_or_date(value: &str, now: OffsetDateTime) -> Option<Duration> {
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = OffsetDateTime::from(httpdate::parse_http_date(value).ok()?);
    Some(Duration::try_from(date - now).unwrap_or_default())
}

/// "Please try again after '17' seconds."
fn seconds_in_message(message: &str) -> Option<Duration> {
    const MARK: &str = "try again after ";
    let lower = message.to_ascii_lowercase();
    let rest = &lower[lower.find(MARK)? + MARK.len()..];
    let digits: String = rest
        .trim_start_matches(['\'', '"', ' '])
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let after =
        rest.trim_start_matches(|c: char| matches!(c, '\'' | '"' | ' ') || c.is_ascii_digit());
    let count: u64 = digits.parse().ok()?;
    if after.starts_with("minute") {
        return count.checked_mul(60).map(Duration::from_secs);
    }
    after.starts_with("sec").then(|| Duration::from_secs(count))
}

#[cfg(test)]
mod tests;
