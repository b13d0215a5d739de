//! Every line you type is a loaf.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = rheostat::init("rheostat.toml")?;
    for kind in std::io::stdin().lines() {
        tracing::info!(kind = kind?, "loaf baked");
    }
    Ok(())
}
