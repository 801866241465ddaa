//! `learnr cluster`: the fleet on a terminal.
//!
//! Owns how it is printed. Must not move anything: it reads the directory, and the store where a session is asked for.

use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use clap::Args;
use learnr_protocol::cluster::{NodeView, SessionPlace};

use crate::cluster::Directory;
use crate::config::DataConfig;
use crate::http::cluster::{node, session_place};
use crate::store::SessionId;

/// What `learnr cluster` can be told.
#[derive(Debug, Args)]
pub struct ClusterArgs {
    /// Redis that the instances find each other through.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL")]
    redis_url: Option<String>,
    /// Say where this session is: by the database and by the directory.
    #[arg(long, value_name = "ID")]
    session: Option<uuid::Uuid>,
    /// JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Prints the instances of the fleet, or where a session is.
///
/// # Errors
/// What is not there or does not answer, in words that say what to do.
pub async fn show(args: &ClusterArgs, data: &DataConfig) -> anyhow::Result<()> {
    let url = args.redis_url.as_deref().filter(|url| !url.is_empty());
    let url = url.context("set REDIS_URL or --redis-url: without Redis an instance is alone")?;
    let directory = crate::app::open_directory(url.to_owned()).await?;
    match args.session {
        Some(session) => place(args, data, &*directory, SessionId(session)).await,
        None => nodes(args, &*directory).await,
    }
}

async fn nodes(args: &ClusterArgs, directory: &dyn Directory) -> anyhow::Result<()> {
    let leases = directory.leases().await.context("Redis gives no answer")?;
    let nodes: Vec<NodeView> = leases.iter().map(node).collect();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&nodes)?);
    } else {
        print!("{}", table(&nodes));
    }
    Ok(())
}

async fn place(
    args: &ClusterArgs,
    data: &DataConfig,
    directory: &dyn Directory,
    session: SessionId,
) -> anyhow::Result<()> {
    let store = data.place().open_existing().await?;
    let place = session_place(&*store, directory, session).await;
    store.close().await;
    let place = place?;
    ensure!(place.is_some(), "there is no session {session}");
    if let Some(place) = place {
        if args.json {
            println!("{}", serde_json::to_string_pretty(&place)?);
        } else {
            print!("{}", sentence(&place));
        }
    }
    Ok(())
}

fn table(nodes: &[NodeView]) -> String {
    let mut text = format!(
        "{:<24} {:<9} {:>8} {:>8} {:>9} {:>10}  {}\n",
        "instance", "state", "sessions", "sockets", "relays in", "relays out", "internal address"
    );
    for node in nodes {
        let state = if node.draining { "draining" } else { "up" };
        writeln!(
            text,
            "{:<24} {:<9} {:>8} {:>8} {:>9} {:>10}  {}",
            node.node,
            state,
            node.sessions,
            node.sockets,
            node.relayed_in,
            node.relayed_out,
            node.address
        )
        .expect("a string takes what is written");
    }
    let (sessions, sockets): (u64, u64) = nodes.iter().fold((0, 0), |(sessions, sockets), node| {
        (sessions + node.sessions, sockets + node.sockets)
    });
    writeln!(
        text,
        "{} instances, {sessions} sessions, {sockets} sockets",
        nodes.len()
    )
    .expect("a string takes what is written");
    text
}

fn sentence(place: &SessionPlace) -> String {
    let owner = match (&place.owner, place.owner_is_live) {
        (Some(owner), true) => format!("owned by {owner}, which is up"),
        (Some(owner), false) => {
            format!("owned by {owner}, which is not there: whoever is asked for it next claims it")
        }
        (None, _) => "owned by nobody: whoever is asked for it next claims it".to_owned(),
    };
    let directory = match (&place.directory_node, place.directory_epoch) {
        (Some(node), Some(epoch)) => format!("{node} at epoch {epoch}"),
        _ => "nothing".to_owned(),
    };
    format!(
        "session {} ({}): {owner}\n  epoch {} in the database; the directory says {directory}\n",
        place.session_id, place.status, place.epoch
    )
}
