//! Advisories on live numerics: never a monitor alarm.
