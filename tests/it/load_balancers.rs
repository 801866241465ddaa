//! The examples of load balancers do what they say: with the programs that Debian has, in front of instances that leave.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use learnr_loadtest::api::Rest;
use learnr_loadtest::chance::Think;
use learnr_loadtest::{Learner, Recorder, Settings};
use tempfile::TempDir;

use crate::harness::fleet::{Instance, Surroundings};
use crate::harness::postgres::{Database, left_out, this_test};
use crate::harness::redis::RedisServer;
use crate::harness::{free_port, not_run, redis, until};

/// Addresses of instances in the examples.
const EXAMPLE: [&str; 3] = ["10.0.0.11:8000", "10.0.0.12:8000", "10.0.0.13:8000"];
/// Questions of the session that outlives its instances, and answers before each leaves.
const LENGTH: u16 = 10;
const ANSWERS: usize = 2;

/// A program in front of a fleet.
struct Front {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Drop for Front {
    fn drop(&mut self) {
        if self.child.kill().is_ok() && self.child.wait().is_err() {
            eprintln!("{} may still be running", self.child.id());
        }
    }
}

impl Front {
    /// nginx with the example, in one process.
    async fn nginx(program: &Path, instances: &[Instance]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let own = "http { access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; \
                   uwsgi_temp_path uwsgi; scgi_temp_path scgi;";
        let text = example("nginx.conf", instances)
            .replace("listen 80;", &format!("listen 127.0.0.1:{port};"))
            .replace("worker_rlimit_nofile 65536;", "")
            .replace("worker_connections 32768", "worker_connections 500")
            .replace("http {", own);
        fs::write(folder.path().join("nginx.conf"), text).expect("the folder takes files");
        let run = |directives: &str| {
            let mut command = Command::new(program);
            command.arg("-p").arg(folder.path());
            command.args(["-c", "nginx.conf", "-e", "error.log", "-g"]);
            command.arg(format!("pid pid; {directives}"));
            command
        };
        succeeds(run("").arg("-t"));
        let command = run("daemon off; master_process off;");
        Self::started(command, port, folder).await
    }

    /// HAProxy with the example.
    async fn haproxy(program: &Path, instances: &[Instance]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let text = example("haproxy.cfg", instances)
            .replace("bind :80", &format!("bind 127.0.0.1:{port}"))
            .replace("maxconn 32768", "maxconn 500");
        let config = folder.path().join("haproxy.cfg");
        fs::write(&config, text).expect("the folder takes files");
        succeeds(Command::new(program).arg("-c").arg("-f").arg(&config));
        let mut command = Command::new(program);
        command.arg("-db").arg("-f").arg(&config);
        Self::started(command, port, folder).await
    }

    async fn started(mut command: Command, port: u16, folder: TempDir) -> Self {
        let log = fs::File::create(folder.path().join("log")).expect("the folder takes files");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let front = Self {
            child: command.spawn().expect("it is spawned"),
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            folder,
        };
        until("the front leads to an instance", async || {
            front.rest().text("/readyz").await.is_ok()
        })
        .await;
        front
    }

    fn rest(&self) -> Rest {
        let base = format!("http://{}", self.address).parse();
        let within = Duration::from_secs(10);
        Rest::through_balancer(base.expect("a loopback address"), within)
    }
}

#[tokio::test]
async fn a_quiz_goes_on_behind_nginx_while_every_instance_leaves_once() {
    let Some(program) = program("nginx") else {
        return;
    };
    let (_redis, _database, mut fleet) = fleet().await;
    let front = Front::nginx(&program, &fleet).await;
    outlives(&front, &mut fleet).await;
}

#[tokio::test]
async fn a_quiz_goes_on_behind_haproxy_while_every_instance_leaves_once() {
    let Some(program) = program("haproxy") else {
        return;
    };
    let (_redis, _database, mut fleet) = fleet().await;
    let front = Front::haproxy(&program, &fleet).await;
    outlives(&front, &mut fleet).await;
}

/// A learner answers through the front, and every instance leaves in turn and comes back: a rolling restart.
async fn outlives(front: &Front, fleet: &mut [Instance]) {
    let mut settings = Settings::new(front.rest(), "business-analysis-foundations");
    settings.create.length = Some(LENGTH);
    let recorder = Recorder::default();
    let started = Learner::start(Arc::new(settings), recorder.clone()).await;
    let mut learner = started.expect("a session through the front");
    for instance in &mut *fleet {
        let acked = learner.play(ANSWERS, Think::None).await;
        assert_eq!(acked.expect("answers are taken"), ANSWERS);
        let ended = instance.drain().await;
        assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
        let acked = learner.play(1, Think::None).await;
        assert_eq!(acked.expect("answers are taken"), 1);
        assert!(instance.start().await, "{}", instance.log_tail());
    }
    let rest = front.rest();
    let metrics = rest.text("/metrics").await;
    assert!(metrics.is_err(), "figures are not for the world");
    learner
        .play_to_end(Think::None)
        .await
        .expect("the session ends");
    let summary = rest.summary(learner.token(), learner.session_id()).await;
    let answered = summary.expect("a summary").summary.answered;
    assert_eq!(answered, LENGTH);
    // One refused for good would have been answered again: nothing was lost on the way.
    assert_eq!(recorder.meter(|meter| meter.refused), 0);
    let log = fs::read_to_string(front.folder.path().join("log"));
    assert!(!log.expect("a log").contains("emerg"));
}

/// Three instances, all ready.
async fn fleet() -> (RedisServer, Database, Vec<Instance>) {
    let redis = RedisServer::start().await;
    let database = Database::migrated().await;
    let surroundings = Surroundings {
        database_url: database.url().to_owned(),
        redis: Some(SocketAddr::from(([127, 0, 0, 1], redis.port()))),
        environment: vec![("LEARNR_PROXIES", "127.0.0.1/32".to_owned())],
    };
    let mut fleet = Vec::new();
    for number in 0..EXAMPLE.len() {
        let mut instance = Instance::new(number, surroundings.clone(), false);
        assert!(instance.start().await, "{}", instance.log_tail());
        fleet.push(instance);
    }
    (redis, database, fleet)
}

/// An example with the instances' own addresses.
fn example(file: &str, instances: &[Instance]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(file);
    let mut text = fs::read_to_string(path).expect("the example is there");
    for (example, instance) in EXAMPLE.iter().zip(instances) {
        assert!(text.contains(example), "{file} names {example}");
        text = text.replace(example, &instance.address.to_string());
    }
    text
}

fn succeeds(command: &mut Command) {
    let output = command.output().expect("it runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
}

/// A program, where this machine has it and what else is needed; else the test is noted as not run.
fn program(name: &str) -> Option<PathBuf> {
    if left_out() || redis::left_out() {
        return None;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.push(PathBuf::from("/usr/sbin"));
    let found = folders.iter().map(|folder| folder.join(name));
    let found = found.into_iter().find(|place| place.exists());
    if found.is_none() {
        not_run(&this_test(), &format!("{name} is not installed"));
    }
    found
}
