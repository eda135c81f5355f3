using System.Diagnostics;
namespace ProbNet.Language.Tests.Fuzzing;

/// <summary>Runs many inputs on all cores; a fault, or an input that takes too long, is told with its number and text.</summary>
internal static class Campaign
{
    // Far above what any input takes on a busy machine: it tells a hang from slowness.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(90);

    /// <summary>Runs inputs 0 … count - 1 and tells how many reached each stage.</summary>
    public static IReadOnlyDictionary<Reach, int> Run(int count, Func<int, string> input, Func<string, Reach> meets)
    {
        var workers = Environment.ProcessorCount;
        var running = new (string? Text, long Since)[workers];
        var reached = new int[Enum.GetValues<Reach>().Length];
        var faults = new List<(int Number, string Text, Exception Fault)>();
        var next = -1;
        var work = Enumerable.Range(0, workers).Select(worker => Task.Factory.StartNew(() =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) < count)
            {
                var text = input(number);
                lock (running) running[worker] = (text, Stopwatch.GetTimestamp());
                try
                {
                    Interlocked.Increment(ref reached[(int)meets(text)]);
                }
                catch (Exception fault)
                {
                    lock (faults) faults.Add((number, text, fault));
                    if (faults.Count >= 5) break;
                }
            }
            lock (running) running[worker] = (null, 0);
        }, TaskCreationOptions.LongRunning)).ToArray();
        while (!Task.WaitAll(work, TimeSpan.FromSeconds(1)))
        {
            lock (running)
            {
                foreach (var (text, since) in running)
                {
                    if (text is not null && Stopwatch.GetElapsedTime(since) > Hang) Assert.Fail($"no end after {Hang.TotalSeconds} seconds:\n{text}");
                }
            }
        }
        Assert.True(faults.Count == 0, string.Join("\n\n", faults.OrderBy(f => f.Text.Length).Select(f => $"=== input {f.Number}: {f.Fault}\n--- text\n{f.Text}")));
        return reached.Select((n, i) => ((Reach)i, n)).ToDictionary(r => r.Item1, r => r.n);
    }
}
