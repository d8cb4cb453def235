//! An order as a form asks for it, by any route: what it comes to, with every step of the sum.

use super::booking::beyond;
use super::form::{Fields, Problem};
use crate::identity::Viewer;
use clinical::course::screening::person::{Product, Route};
use clinical::course::session::{
    Alongside, Giving, Grounds, Order, Reckoned, SupportingMedicine, Way, WhatIf,
};
use clinical::dosing::{
    Amount, Line, VIALS, Wanted, WantedDoses, WeightKind, Weights, work_out, work_out_devices,
    work_out_doses,
};
use clinical::policy::{AdoptedPolicy, Given, Quantity, Rules, Unit};
use units::{
    Decimal, Kilograms, Milligrams, MilligramsPerKilogram, MilligramsPerMillilitre, Millilitres,
    MillilitresPerHour,
};

/// What is wanted, for whom, by which rules.
pub struct Wish<'a> {
    /// What was typed.
    pub fields: &'a Fields,
    /// The rules that are asked.
    pub rules: &'a Rules,
    /// What is to be given.
    pub product: Product,
    /// How.
    pub route: Route,
    /// The weight that is chosen or typed.
    pub weight: WeightAsked<'a>,
    /// What is known of the person.
    pub grounds: &'a Grounds,
    /// Who orders.
    pub viewer: &'a Viewer,
}

/// What a form asks of the weight.
pub enum WeightAsked<'a> {
    /// One of the person's.
    OneOf(&'a Weights),
    /// The body weight as it is, of somebody whom nobody has weighed here yet.
    Body,
    /// The weight to reckon with, and which of the person's it is.
    Dosing,
}

/// What it comes to.
pub struct Draft {
    /// The order that would be saved.
    pub order: Order,
    /// Every step.
    pub lines: Vec<Line>,
}

fn needed(field: &str, what: &str) -> Problem {
    Problem::new(field, format!("Enter {what}."))
}

/// A count that a protocol sets, such as the devices of one session; none where it has none.
pub fn count(protocol: &AdoptedPolicy, name: &str) -> Option<u8> {
    u8::try_from(protocol.value(name)?.value).ok()
}

/// Works it out; says which field is missing or cannot be.
pub fn draft(wish: &Wish<'_>) -> Result<Draft, Problem> {
    let (protocol, given) = wish
        .rules
        .protocol(wish.product, wish.route)
        .ok_or_else(|| {
            let way = format!("{} {}", wish.product.says(), wish.route.says());
            Problem::new("", format!("This clinic has no protocol for {way}."))
        })?;
    let Draft { order, lines } = match given {
        Given::Infusion => infusion(wish)?,
        Given::Doses => doses(wish)?,
        Given::Devices => devices(wish, protocol)?,
    };
    Ok(Draft {
        order: Order {
            beyond: beyond(wish.fields, wish.viewer),
            alongside: alongside(wish.fields)?,
            grounds: Some(wish.grounds.clone()),
            ..order
        },
        lines,
    })
}

fn amount(fields: &Fields) -> Result<Amount, Problem> {
    match (
        fields.quantity("per_weight", MilligramsPerKilogram::new)?,
        fields.quantity("dose", Milligrams::new)?,
    ) {
        (Some(each), None) => Ok(Amount::PerWeight(each)),
        (None, Some(dose)) => Ok(Amount::Fixed(dose)),
        (Some(_), Some(_)) => {
            let says = "Enter the dose by weight or in all, not both.";
            Err(Problem::new("dose", says))
        }
        (None, None) => Err(needed("per_weight", "the dose, by weight or in all")),
    }
}

fn kind(fields: &Fields) -> Option<WeightKind> {
    WeightKind::of_word(fields.text("weight_kind"))
}

fn weight(wish: &Wish<'_>) -> Result<(Kilograms, WeightKind), Problem> {
    match wish.weight {
        WeightAsked::OneOf(known) => kind(wish.fields)
            .and_then(|kind| Some((known.get(kind)?, kind)))
            .ok_or_else(|| needed("weight_kind", "which weight the dose is reckoned with")),
        WeightAsked::Body => wish
            .fields
            .quantity("weight", Kilograms::new)?
            .map(|typed| (typed, WeightKind::Actual))
            .ok_or_else(|| needed("weight", "the body weight in kg")),
        WeightAsked::Dosing => typed_weight(wish.fields),
    }
}

/// A weight that was typed, and which of the person's it is: one that is ideal or adjusted is never
/// taken for a weighing.
// Hazard: H69
pub fn typed_weight(fields: &Fields) -> Result<(Kilograms, WeightKind), Problem> {
    let typed = fields
        .quantity("weight", Kilograms::new)?
        .ok_or_else(|| needed("weight", "the dosing weight in kg"))?;
    let kind = kind(fields).ok_or_else(|| {
        needed(
            "weight_kind",
            "whether this weight is measured, ideal or adjusted",
        )
    })?;
    Ok((typed, kind))
}

// Hazard: H19
fn vial(fields: &Fields) -> Result<MilligramsPerMillilitre, Problem> {
    fields
        .quantity("vial", MilligramsPerMillilitre::new)?
        .filter(|vial| {
            VIALS
                .iter()
                .any(|known| Decimal::from(*known) == vial.value())
        })
        .ok_or_else(|| needed("vial", "the strength of the vial"))
}

/// A small count, such as of sprays.
fn number(fields: &Fields, name: &str, what: &str) -> Result<u8, Problem> {
    let number = fields.number(name)?.ok_or_else(|| needed(name, what))?;
    u8::try_from(number)
        .ok()
        .filter(|count| Decimal::from(*count) == number && *count > 0)
        .ok_or_else(|| Problem::new(name, "Enter a whole number, 1 or more."))
}

fn not_possible(not_possible: &clinical::dosing::NotPossible) -> Problem {
    Problem::new("volume", format!("Not possible: {not_possible}."))
}

fn infusion(wish: &Wish<'_>) -> Result<Draft, Problem> {
    let fields = wish.fields;
    let weight = weight(wish)?;
    let wanted = Wanted {
        amount: amount(fields)?,
        weight: weight.0,
        vial: vial(fields)?,
        minutes: fields
            .number("minutes")?
            .ok_or_else(|| needed("minutes", "over how many minutes"))?,
        volume: fields
            .quantity("volume", Millilitres::new)?
            .ok_or_else(|| needed("volume", "the final volume in mL"))?,
    };
    let worked = work_out(&wanted).map_err(|error| not_possible(&error))?;
    let held = Held {
        concentration: worked.concentration,
        volume: wanted.volume,
    };
    let order = Order {
        rate: worked.rate,
        reckoned: Some(Reckoned {
            weight: weight.1,
            vial: wanted.vial,
            drawn: worked.drawn,
            diluent: worked.diluent,
        }),
        ..plain(wish, worked.dose, held, weight, Giving::Infusion)
    };
    Ok(Draft {
        order,
        lines: worked.lines,
    })
}

fn doses(wish: &Wish<'_>) -> Result<Draft, Problem> {
    let fields = wish.fields;
    let weight = weight(wish)?;
    let wanted = WantedDoses {
        amount: amount(fields)?,
        weight: weight.0,
        number: number(fields, "number", "in how many doses")?,
        vial: vial(fields)?,
    };
    let worked = work_out_doses(&wanted).map_err(|error| not_possible(&error))?;
    let giving = Giving::Doses {
        number: wanted.number,
        each: worked.each,
    };
    let none = Millilitres::new(Decimal::ZERO).map_err(|_| needed("volume", "a volume"))?;
    let held = Held {
        concentration: worked.concentration,
        volume: worked.volume,
    };
    let order = Order {
        reckoned: Some(Reckoned {
            weight: weight.1,
            vial: wanted.vial,
            drawn: worked.volume,
            diluent: none,
        }),
        ..plain(wish, worked.dose, held, weight, giving)
    };
    Ok(Draft {
        order,
        lines: worked.lines,
    })
}

fn devices(wish: &Wish<'_>, protocol: &AdoptedPolicy) -> Result<Draft, Problem> {
    let weight = weight(wish)?;
    let number = number(wish.fields, "devices", "how many devices")?;
    let each = protocol
        .value("device")
        .and_then(|known| Milligrams::new(known.value).ok())
        .ok_or_else(|| Problem::new("devices", "The protocol does not say what a device holds."))?;
    let worked = work_out_devices(number, each).map_err(|error| not_possible(&error))?;
    let held = Held {
        concentration: worked.concentration,
        volume: worked.volume,
    };
    let giving = Giving::Devices { number, each };
    Ok(Draft {
        order: plain(wish, worked.dose, held, weight, giving),
        lines: worked.lines,
    })
}

/// What the bag, the syringes or the devices hold together.
struct Held {
    concentration: MilligramsPerMillilitre,
    volume: Millilitres,
}

/// What an order says by every route; how it is made ready is filled in by the caller.
fn plain(
    wish: &Wish<'_>,
    dose: Milligrams,
    held: Held,
    (dosing_weight, kind): (Kilograms, WeightKind),
    giving: Giving,
) -> Order {
    Order {
        drug: match wish.product {
            Product::Racemic => "ketamine",
            Product::Esketamine => "esketamine",
        }
        .to_owned(),
        dose,
        concentration: held.concentration,
        volume: held.volume,
        rate: MillilitresPerHour::ZERO,
        dosing_weight,
        weight_kind: Some(kind),
        prescriber: wish.viewer.name.clone(),
        beyond: None,
        reckoned: None,
        way: Way {
            product: wish.product,
            route: wish.route,
            giving,
        },
        alongside: Alongside::default(),
        grounds: None,
    }
}

/// Other medicines, and what to do if: as many lines as were filled in.
pub fn alongside(fields: &Fields) -> Result<Alongside, Problem> {
    let column = |name: &str| fields.all(name).map(str::to_owned).collect::<Vec<_>>();
    let (names, doses) = (column("medicine"), column("medicine_dose"));
    let (routes, whens) = (column("medicine_route"), column("medicine_when"));
    let mut medicines = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        let of = |column: &[String]| column.get(index).cloned().unwrap_or_default();
        let (dose, route, when) = (of(&doses), of(&routes), of(&whens));
        if name.is_empty() && dose.is_empty() {
            continue;
        }
        if name.is_empty() || dose.is_empty() {
            let says = "Write the name and the dose of each other medicine, with its unit.";
            return Err(Problem::new("medicine", says));
        }
        medicines.push(SupportingMedicine {
            name,
            dose,
            route,
            when,
        });
    }
    let then = column("what_then");
    let mut what_if = Vec::new();
    for (index, happens) in column("what_if").into_iter().enumerate() {
        let then = then.get(index).cloned().unwrap_or_default();
        if happens.is_empty() && then.is_empty() {
            continue;
        }
        if happens.is_empty() || then.is_empty() {
            let says = "Write both halves of each “what to do if”.";
            return Err(Problem::new("what_if", says));
        }
        what_if.push(WhatIf { happens, then });
    }
    Ok(Alongside { medicines, what_if })
}

/// The fields of a form that orders the same once more.
pub fn repeated(last: &Order) -> Vec<(String, String)> {
    let number = |value: Decimal| value.normalize().to_string();
    let per_weight = last.dose.value().checked_div(last.dosing_weight.value());
    let minutes = (last.volume.value() * Decimal::from(60)).checked_div(last.rate.value());
    let made = last.reckoned.as_ref();
    let mut fields = vec![
        ("vial", made.map(|made| number(made.vial.value()))),
        (
            "minutes",
            minutes.map(|minutes| number(minutes.round_dp(0))),
        ),
    ];
    match last.way.giving {
        Giving::Infusion => {
            fields.push((
                "per_weight",
                per_weight.map(|each| number(each.round_dp(2))),
            ));
            fields.push(("volume", Some(last.volume.value().to_string())));
        }
        // The amount in all is kept: it is what was drawn, and rounding it once more is no repeat.
        Giving::Doses { number: count, .. } => {
            fields.push(("dose", Some(number(last.dose.value()))));
            fields.push(("number", Some(count.to_string())));
        }
        Giving::Devices { number: count, .. } => {
            fields.push(("devices", Some(count.to_string())));
        }
    }
    for one in &last.alongside.medicines {
        fields.push(("medicine", Some(one.name.clone())));
        fields.push(("medicine_dose", Some(one.dose.clone())));
        fields.push(("medicine_route", Some(one.route.clone())));
        fields.push(("medicine_when", Some(one.when.clone())));
    }
    for line in &last.alongside.what_if {
        fields.push(("what_if", Some(line.happens.clone())));
        fields.push(("what_then", Some(line.then.clone())));
    }
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

/// The fields of a form that orders what the protocol begins with.
pub fn first(protocol: &AdoptedPolicy, given: Given, grounds: &Grounds) -> Vec<(String, String)> {
    let value = |name: &str| protocol.value(name);
    let shown = |known: Quantity| known.value.normalize().to_string();
    let dose = value("start_dose").map(|dose| {
        let by_weight = dose.unit == Unit::MilligramsPerKilogram;
        (if by_weight { "per_weight" } else { "dose" }, shown(dose))
    });
    let mut fields = Vec::new();
    match given {
        Given::Infusion => {
            fields.extend(dose);
            fields.extend(value("start_minutes").map(|minutes| ("minutes", shown(minutes))));
        }
        Given::Doses => {
            // So many as the largest one that is usual needs; one where the protocol knows no more.
            let number = value("start_dose")
                .zip(value("spray"))
                .and_then(|(dose, one)| dose.value.checked_div(one.value))
                .map_or(Decimal::ONE, |number| number.ceil());
            fields.extend(dose);
            fields.push(("number", number.normalize().to_string()));
        }
        Given::Devices => {
            let older = grounds.earlier == 0
                && match (grounds.age, value("older_from")) {
                    (Some(age), Some(from)) => Decimal::from(age) >= from.value,
                    (None, _) | (_, None) => true,
                };
            let name = if older {
                "start_devices_older"
            } else {
                "start_devices"
            };
            fields.extend(value(name).map(|devices| ("devices", shown(devices))));
        }
    }
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
