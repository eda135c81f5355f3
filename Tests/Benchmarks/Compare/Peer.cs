using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ProbNet.Benchmarks;

/// <summary>A process that times its side of cases on request: Python with PyTorch, or this program with our steps on libtorch.</summary>
internal sealed class Peer : IDisposable
{
    private readonly string _what;
    private readonly Process _process;
    private readonly Queue<string> _complaints;

    private Peer(string what, Process process, Queue<string> complaints) => (_what, _process, _complaints) = (what, process, complaints);

    /// <summary>The version of PyTorch, or of libtorch; empty where it has none.</summary>
    public string Torch { get; private init; } = "";

    /// <summary>Why it can time nothing, or null.</summary>
    public string? Fault { get; private init; }

    /// <summary>Starts the first Python that has PyTorch: the one named by PROBNET_PYTHON, the one on the path, the system's own. Null if none has.</summary>
    /// <param name="threads">Threads that PyTorch and its matrix library may use.</param>
    public static Peer? PyTorch(int threads)
    {
        foreach (var python in new[] { Environment.GetEnvironmentVariable("PROBNET_PYTHON"), "python3", "/usr/bin/python3" })
        {
            if (string.IsNullOrEmpty(python)) continue;
            var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "pytorch", "server.py"), threads.ToString(CultureInfo.InvariantCulture)]);
            // Compiled files would be written beside the script.
            start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
            if (TryStart("the Python process", start.Settled(threads), out _) is { } peer) return peer;
        }
        return null;
    }

    /// <summary>Starts this program for our steps on libtorch. Where libtorch cannot be had the peer has a fault.</summary>
    /// <param name="threads">Threads that libtorch and its matrix library may use.</param>
    /// <param name="quick">Whether cases are those of the quick form.</param>
    public static Peer Libtorch(int threads, bool quick)
    {
        var start = Processes.Itself("serve", quick ? "quick" : "full", threads.ToString(CultureInfo.InvariantCulture)).Settled(threads);
        return TryStart("our process on libtorch", start, out var complaint) ?? throw new InvalidOperationException($"our process on libtorch does not start: {complaint}");
    }

    /// <summary>Makes a case ready and runs it a few times.</summary>
    public void Prepare(Case item) => Ask(new { op = "start", name = item.Name, spec = item.Theirs, warm = item.IsLong ? 1 : 20 });

    /// <summary>Seconds of each run for about so long.</summary>
    public double[] Run(string name, double seconds, int least) => Ask(new { op = "run", name, seconds, least });

    /// <summary>What a case computes: a value and its gradient.</summary>
    public double[] Value(string name) => Ask(new { op = "value", name });

    /// <summary>Forgets all cases.</summary>
    public void Clear() => Ask(new { op = "clear" });

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
    }

    private double[] Ask(object request)
    {
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
            _process.StandardInput.Flush();
            if (_process.StandardOutput.ReadLine() is { } line) return JsonSerializer.Deserialize<double[]>(line)!;
        }
        catch (IOException)
        {
            // It ended while it was written to.
        }
        throw new InvalidOperationException($"{_what} ended when it was asked {JsonSerializer.Serialize(request)}: {Last(_process, _complaints)}");
    }

    private static Peer? TryStart(string what, ProcessStartInfo start, out string complaint)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        try
        {
            var process = Process.Start(start)!;
            var complaints = new Queue<string>();
            process.ErrorDataReceived += (_, e) =>
            {
                if (string.IsNullOrWhiteSpace(e.Data)) return;
                lock (complaints)
                {
                    complaints.Enqueue(e.Data.Trim());
                    if (complaints.Count > 20) complaints.Dequeue();
                }
            };
            process.BeginErrorReadLine();
            if (process.StandardOutput.ReadLine() is { } hello)
            {
                complaint = "";
                using var document = JsonDocument.Parse(hello);
                string? Said(string name) => document.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
                return new(what, process, complaints) { Torch = Said("torch") ?? "", Fault = Said("fault") };
            }
            complaint = Last(process, complaints);
            process.Dispose();
        }
        catch (Win32Exception e)
        {
            complaint = e.Message;
        }
        return null;
    }

    // What it wrote before it ended: Python's message is the last line, that of an exception of ours the first of several.
    private static string Last(Process process, Queue<string> complaints)
    {
        process.WaitForExit();
        lock (complaints) return string.Join("\n", complaints);
    }
}
