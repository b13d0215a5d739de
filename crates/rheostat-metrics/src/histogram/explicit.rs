//! Buckets with written bounds.

/// The bucket of a value: the first whose upper bound it does not exceed, else the one without a bound.
#[inline]
pub(crate) fn bucket(bounds: &[f64], value: f64) -> u32 {
    // Halving without a branch that would have to be guessed.
    bounds.partition_point(|bound| *bound < value) as u32
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn a_bound_belongs_to_the_bucket_below_it() {
        let bounds = [1.0, 2.0, 4.0];
        let found: Vec<u32> = [0.5, 1.0, 1.5, 2.0, 4.0, 4.1]
            .into_iter()
            .map(|value| bucket(&bounds, value))
            .collect();
        assert_eq!(found, [0, 0, 1, 1, 2, 3]);
    }

    #[test]
    fn many_bounds_find_the_same_bucket_as_few() {
        let bounds: Vec<f64> = (1..=40).map(f64::from).collect();
        for step in 0..90 {
            let value = f64::from(step) / 2.0;
            let counted = bounds.iter().filter(|bound| **bound < value).count();
            assert_eq!(bucket(&bounds, value) as usize, counted);
        }
    }
}
