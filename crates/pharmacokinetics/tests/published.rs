//! Every published figure beside ours. The figures, their citations and what the ratio is held to
//! stand in `models/*.cases.toml`; they are restated from the publications named there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pharmacokinetics::model::{Model, SHIPPED};
use pharmacokinetics::validation::compare;

#[test]
fn every_shipped_model_is_readable_and_unlike_the_others() {
    let mut ids = std::collections::BTreeSet::new();
    for file in SHIPPED {
        let model = Model::read(file.text).unwrap();
        assert!(ids.insert(model.id.clone()), "{}", model.id);
    }
}

#[test]
fn published_figures_are_met_within_their_tolerance() {
    let mut missed = Vec::new();
    let mut count = 0;
    for file in SHIPPED {
        let model = Model::read(file.text).unwrap();
        for compared in compare(&model, file.cases).unwrap() {
            count += 1;
            println!(
                "{:<22} {:<50} {:>8.1} {:>8.1} {:>6.3}",
                compared.model,
                compared.says,
                compared.published,
                compared.ours,
                compared.ratio()
            );
            if !compared.holds() {
                missed.push(format!(
                    "{}: {}: {} is not {}",
                    compared.model, compared.says, compared.ours, compared.published
                ));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(count >= 50, "{count}");
}
