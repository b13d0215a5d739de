//! Nothing: the other program links the shop.

pub(crate) fn serve(_build: &str) -> Result<(), String> {
    Err(elsewhere())
}

pub(crate) fn load(_address: &str, _visits: &str, _seed: &str) -> Result<(), String> {
    Err(elsewhere())
}

fn elsewhere() -> String {
    "the shop is in `rheostat-benches-service`: build with the feature `service`".to_owned()
}
