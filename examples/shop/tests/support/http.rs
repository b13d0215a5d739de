//! One HTTP request, from a test that is not async.

/// An answer: its status, its content type, its body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// Fetches, or says that nobody answered.
pub(crate) fn get(url: &str, accept: &str) -> Option<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let response = client.get(url).header("accept", accept).send().await.ok()?;
        let header = response.headers().get("content-type");
        let content_type = header
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        Some(Answer {
            status: response.status().as_u16(),
            content_type,
            body: response.text().await.ok()?,
        })
    })
}
