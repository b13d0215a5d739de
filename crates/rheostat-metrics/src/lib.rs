//! How a plan becomes series: recorder, cells, exposition.
