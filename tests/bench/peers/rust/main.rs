// SPDX-License-Identifier: MIT
// Streams of the futures crate, as the compiler fuses them and boxed one by one, and two channels between threads: four
// contenders, of which the argument names one. The protocol is that of harness.h.
use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use std::io::{self, BufRead, Write};
use std::pin::Pin;
use std::thread;
use std::time::Instant;

/// What the compiler knows of a value is forgotten.
fn opaque<T: Copy>(x: T) -> T {
    unsafe { std::ptr::read_volatile(&x) }
}

type Work = (&'static str, fn(i64) -> i64);

fn range(n: i64) -> impl Stream<Item = i64> {
    stream::iter(0..n)
}

fn sum(s: impl Stream<Item = i64>) -> i64 {
    block_on(s.fold(0i64, |a, x| async move { a.wrapping_add(x) }))
}

fn odd(x: &i64) -> futures::future::Ready<bool> {
    futures::future::ready(x & 1 == 1)
}

fn above_0(x: &i64) -> futures::future::Ready<bool> {
    futures::future::ready(*x > 0)
}

fn drawn(x: &i64) -> futures::future::Ready<bool> {
    futures::future::ready(((x ^ x >> 15) * 739982445) >> 20 & 1 == 1)
}

const STREAMS: &[Work] = &[
    ("W1", |n| sum(range(n).map(|x| x * 3 + 1).filter(odd).map(|x| x >> 1))),
    ("W1r", |n| sum(range(n).map(|x| x * 2654435761 & 0xffffffff).filter(drawn).map(|x| x >> 8))),
    ("W2", |n| {
        let s = range(n).map(|x| x + 1).map(|x| x + 1).map(|x| x + 1).map(|x| x + 1).map(|x| x + 1);
        sum(s.map(|x| x + 1).map(|x| x + 1).map(|x| x + 1).map(|x| x + 1).map(|x| x + 1))
    }),
    ("merge4", |n| {
        let q = || range(n / 4);
        sum(stream::select(stream::select(q(), q()), stream::select(q(), q())))
    }),
    ("zip", |n| sum(range(n).zip(range(n).map(|x| x * 3)).map(|(a, b)| a + b))),
    ("scan", |n| {
        sum(range(n).scan(0i64, |state, x| {
            *state = (*state + x) & 0xffff;
            futures::future::ready(Some(*state))
        }))
    }),
];

// ---- boxed: each stage behind a pointer, as where a pipeline is put together at run time ----

type Boxed = Pin<Box<dyn Stream<Item = i64>>>;
type Map = Box<dyn Fn(i64) -> i64>;

fn map(s: Boxed, f: Map) -> Boxed {
    Box::pin(s.map(f))
}

fn filter(s: Boxed, f: fn(&i64) -> futures::future::Ready<bool>) -> Boxed {
    Box::pin(s.filter(opaque(f)))
}

fn boxed(n: i64) -> Boxed {
    Box::pin(range(n))
}

const BOXED: &[Work] = &[
    ("W1", |n| sum(map(filter(map(boxed(n), Box::new(|x| x * 3 + 1)), odd), Box::new(|x| x >> 1)))),
    ("W1r", |n| sum(map(filter(map(boxed(n), Box::new(|x| x * 2654435761 & 0xffffffff)), drawn), Box::new(|x| x >> 8)))),
    ("W2", |n| sum((0..10).fold(boxed(n), |s, _| map(s, Box::new(|x| x + 1))))),
    ("life", |n| {
        (0..n)
            .map(|i| {
                let one: Boxed = Box::pin(stream::iter(i..i + 1));
                let s = map(filter(map(one, Box::new(|x| x * 3 + 1)), above_0), Box::new(|x| x >> 1));
                let running: Boxed = Box::pin(s.scan(0, |sum, x| {
                    *sum += x;
                    futures::future::ready(Some(*sum))
                }));
                let to_the_end: Boxed = Box::pin(running.take_while(|x| futures::future::ready(*x >= 0)));
                sum(to_the_end)
            })
            .fold(0, i64::wrapping_add)
    }),
];

// ---- a thread to another ----

const HOP: usize = 1024;

const TOKIO: &[Work] = &[("hop", |n| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let (to, mut from) = tokio::sync::mpsc::channel::<i64>(HOP);
    runtime.spawn(async move {
        for i in 0..n {
            to.send(i).await.unwrap();
        }
    });
    runtime.block_on(async {
        let mut total = 0i64;
        while let Some(x) = from.recv().await {
            total += x;
        }
        total
    })
})];

const CROSSBEAM: &[Work] = &[("hop", |n| {
    let (to, from) = crossbeam_channel::bounded::<i64>(HOP);
    let sender = thread::spawn(move || (0..n).for_each(|i| to.send(i).unwrap()));
    let total = from.iter().sum();
    sender.join().unwrap();
    total
})];

fn main() -> io::Result<()> {
    let (version, works) = match std::env::args().nth(1).as_deref() {
        Some("streams") => (env!("FUTURES"), STREAMS),
        Some("boxed") => (env!("FUTURES"), BOXED),
        Some("tokio") => (env!("TOKIO"), TOKIO),
        _ => (env!("CROSSBEAM"), CROSSBEAM),
    };
    println!("version {}", version);
    works.iter().for_each(|w| println!("can {}", w.0));
    println!("ready");
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split(' ').skip(1);
        let name = words.next().unwrap();
        let n = words.next().unwrap().parse().unwrap();
        let work = works.iter().find(|w| w.0 == name).unwrap().1;
        let began = Instant::now();
        let total = work(opaque(n));
        println!("took {} {}", began.elapsed().as_nanos(), total);
        io::stdout().flush()?;
    }
    Ok(())
}
