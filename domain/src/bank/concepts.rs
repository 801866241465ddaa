//! The rules for concepts: known prerequisites that never lead back to where they began.
//!
//! Owns those rules. Must not know items.

use std::collections::HashMap;

use super::fault::Subject;
use super::spec::{CERTIFICATION_CONCEPTS_MAX, ConceptSpec, PREREQUISITES_MAX, TITLE_BYTES_MAX};
use super::validate::Faults;
use crate::ids::ConceptId;

/// Reports every breach; the ids in order, for looking concepts of items up.
pub(super) fn check<'a>(concepts: &'a [ConceptSpec], faults: &mut Faults) -> Vec<&'a ConceptId> {
    let mut ids: Vec<&ConceptId> = concepts.iter().map(|concept| &concept.id).collect();
    ids.sort_unstable();
    if concepts.len() > CERTIFICATION_CONCEPTS_MAX {
        let expected = format!("be at most {CERTIFICATION_CONCEPTS_MAX}");
        let subject = Subject::Certification;
        faults.add(&subject, "number of concepts", expected, concepts.len());
        return ids;
    }
    for twice in ids.windows(2).filter(|pair| pair[0] == pair[1]) {
        let subject = Subject::Concept(twice[0].clone());
        faults.add(&subject, "id", "be unique", twice[0]);
    }
    for concept in concepts {
        let subject = Subject::Concept(concept.id.clone());
        faults.text(&subject, "title", &concept.title, TITLE_BYTES_MAX);
        let count = concept.prerequisites.len();
        if count > PREREQUISITES_MAX {
            let expected = format!("be at most {PREREQUISITES_MAX}");
            faults.add(&subject, "number of prerequisites", expected, count);
        }
        for needed in &concept.prerequisites {
            if *needed == concept.id {
                faults.add(&subject, "prerequisite", "be another concept", needed);
            } else if ids.binary_search(&needed).is_err() {
                faults.add(&subject, "prerequisite", "be one of the concepts", needed);
            }
        }
    }
    for concept in in_circles(concepts) {
        let subject = Subject::Concept(concept.id.clone());
        let expected = "not lead back to the concept by way of others";
        let found = list(&concept.prerequisites);
        faults.add(&subject, "prerequisites", expected, found);
    }
    ids
}

/// Concepts on a circle of prerequisites, or between two circles; one that names itself is reported already and not
/// counted. Whoever waits for nobody is taken away until nobody is left who does (Kahn's algorithm), and then whoever
/// nobody waits for.
fn in_circles(concepts: &[ConceptSpec]) -> Vec<&ConceptSpec> {
    let places: HashMap<&ConceptId, usize> = (0..)
        .zip(concepts)
        .map(|(place, concept)| (&concept.id, place))
        .collect();
    let mut edges: Vec<(usize, usize)> = Vec::new();
    for (place, concept) in concepts.iter().enumerate() {
        let needed = concept.prerequisites.iter().filter_map(|id| places.get(id));
        edges.extend(needed.filter(|&&at| at != place).map(|&at| (place, at)));
    }
    let waiting = remaining(concepts.len(), &edges);
    edges.retain(|(from, to)| waiting[*from] && waiting[*to]);
    edges.iter_mut().for_each(|edge| *edge = (edge.1, edge.0));
    let needed = remaining(concepts.len(), &edges);
    let place = |(place, concept): (usize, _)| (waiting[place] && needed[place]).then_some(concept);
    concepts.iter().enumerate().filter_map(place).collect()
}

/// Of nodes that wait for others (`edges`: who, for whom), those left when whoever waits for nobody is taken away.
fn remaining(nodes: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let mut waits = vec![0_usize; nodes];
    let mut waited_for_by: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for &(who, whom) in edges {
        waits[who] += 1;
        waited_for_by[whom].push(who);
    }
    let mut free: Vec<usize> = (0..nodes).filter(|&node| waits[node] == 0).collect();
    while let Some(node) = free.pop() {
        for &who in &waited_for_by[node] {
            waits[who] -= 1;
            if waits[who] == 0 {
                free.push(who);
            }
        }
    }
    waits.iter().map(|waits| *waits > 0).collect()
}

fn list(ids: &[ConceptId]) -> String {
    let ids: Vec<&str> = ids.iter().map(ConceptId::as_str).collect();
    ids.join(", ")
}
