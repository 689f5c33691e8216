// SPDX-License-Identifier: MIT
// RxJava's Flowable, which has backpressure. The protocol is that of harness.h.
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.processors.PublishProcessor;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

public class Rx {
	static long total;

	static long sum(Flowable<Long> items) {
		total = 0;
		items.blockingSubscribe(x -> total += x);
		return total;
	}

	/** On the calling thread: blockingSubscribe would hop for what is not synchronous. */
	static long now(Flowable<Long> items) {
		total = 0;
		items.subscribe(x -> total += x);
		return total;
	}

	static Flowable<Long> range(long n) {
		return Flowable.rangeLong(0, n);
	}

	static long w2(long n) {
		Flowable<Long> items = range(n);
		for (int i = 0; i < 10; i++)
			items = items.map(x -> x + 1);
		return now(items);
	}

	static long tee(long n) {
		PublishProcessor<Long> all = PublishProcessor.create();
		total = 0;
		for (int i = 0; i < 8; i++)
			all.subscribe(x -> total += x);
		range(n).subscribe(all);
		return total;
	}

	static long life(long n) {
		long sum = 0;
		for (long i = 0; i < n; i++)
			sum += now(Flowable.just(i).map(x -> x * 3 + 1).filter(x -> x > 0).map(x -> x >> 1)
				.scan(Long::sum).takeWhile(x -> x >= 0));
		return sum;
	}

	static Map<String, LongUnaryOperator> works() {
		Map<String, LongUnaryOperator> works = new TreeMap<>();
		works.put("W1", n -> now(range(n).map(x -> x * 3 + 1).filter(x -> (x & 1) == 1).map(x -> x >> 1)));
		works.put("W1r", n -> now(range(n).map(x -> x * 2654435761L & 0xffffffffL)
			.filter(x -> ((x ^ x >> 15) * 739982445 >> 20 & 1) == 1).map(x -> x >> 8)));
		works.put("W2", Rx::w2);
		works.put("merge4", n -> now(Flowable.merge(range(n / 4), range(n / 4), range(n / 4), range(n / 4))));
		works.put("tee8", Rx::tee);
		works.put("zip", n -> now(Flowable.zip(range(n), range(n).map(x -> x * 3), Long::sum)));
		works.put("scan", n -> now(range(n).scan(0L, (state, x) -> state + x & 0xffff)));
		works.put("hop", n -> sum(range(n).observeOn(Schedulers.single(), false, 1024)));
		works.put("life", Rx::life);
		return works;
	}

	public static void main(String[] args) throws IOException {
		Map<String, LongUnaryOperator> works = works();
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
		System.out.println("version RxJava " + args[0] + ", Java " + System.getProperty("java.version"));
		works.keySet().forEach(name -> System.out.println("can " + name));
		System.out.println("ready");
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			String[] words = line.split(" ");
			long began = System.nanoTime();
			long result = works.get(words[1]).applyAsLong(Long.parseLong(words[2]));
			System.out.println("took " + (System.nanoTime() - began) + " " + result);
		}
		Schedulers.shutdown();
	}
}
