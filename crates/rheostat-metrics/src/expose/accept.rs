//! Which format an `Accept` header asks for.

use super::Format;

/// The best format of an `Accept` header; the first of those it likes equally.
pub(super) fn best(header: &str) -> Option<Format> {
    let mut best: Option<(Format, f32)> = None;
    for range in header.split(',') {
        if let Some((format, quality)) = offer(range)
            && quality > 0.0
            && best.is_none_or(|(_, so_far)| quality > so_far)
        {
            best = Some((format, quality));
        }
    }
    best.map(|(format, _)| format)
}

/// What we can give for one media range, and how much it is wanted.
fn offer(range: &str) -> Option<(Format, f32)> {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next()?.to_ascii_lowercase();
    let mut quality = 1.0;
    let (mut version, mut proto, mut encoding) = (None, None, None);
    for parameter in parts {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        match key.trim().to_ascii_lowercase().as_str() {
            "q" => quality = value.parse().unwrap_or(0.0),
            "version" => version = Some(value),
            "proto" => proto = Some(value),
            "encoding" => encoding = Some(value),
            _ => {}
        }
    }
    let format = match media.as_str() {
        "application/vnd.google.protobuf"
            if proto == Some("io.prometheus.client.MetricFamily")
                && encoding == Some("delimited") =>
        {
            Format::Protobuf
        }
        "application/openmetrics-text" if matches!(version, None | Some("1.0.0" | "0.0.1")) => {
            Format::OpenMetrics
        }
        "text/plain" if matches!(version, None | Some("0.0.4")) => Format::Text,
        "text/*" | "*/*" => Format::Text,
        _ => return None,
    };
    Some((format, quality))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prometheus_gets_what_it_likes_best() {
        let text_first = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(best(text_first), Some(Format::OpenMetrics));
        let protobuf_first = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.2";
        assert_eq!(best(protobuf_first), Some(Format::Protobuf));
    }

    #[test]
    fn a_browser_and_a_stranger_get_text() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert_eq!(best(browser), Some(Format::Text));
        assert_eq!(Format::accepted(Some("image/png")), Format::Text);
        assert_eq!(Format::accepted(None), Format::Text);
    }

    #[test]
    fn what_is_refused_with_quality_zero_is_not_given() {
        let header = "application/openmetrics-text;q=0,text/plain;q=0.1";
        assert_eq!(best(header), Some(Format::Text));
    }

    #[test]
    fn another_version_of_a_format_is_not_ours() {
        let header = "application/openmetrics-text;version=2.0.0,text/plain;version=0.0.4;q=0.5";
        assert_eq!(best(header), Some(Format::Text));
    }
}
