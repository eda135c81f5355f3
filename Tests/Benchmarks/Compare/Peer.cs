using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ProbNet.Benchmarks;

/// <summary>A Python process with PyTorch that times its side of a case on request.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(Process process, string torch, string python) => (_process, Torch, Python) = (process, torch, python);

    /// <summary>The version of PyTorch.</summary>
    public string Torch { get; }

    /// <summary>The version of Python.</summary>
    public string Python { get; }

    /// <summary>Starts the first Python that has PyTorch: the one named by PROBNET_PYTHON, the one on the path, the system's own. Null if none has.</summary>
    /// <param name="threads">Threads that PyTorch and its matrix library may use.</param>
    public static Peer? Start(int threads)
    {
        foreach (var python in new[] { Environment.GetEnvironmentVariable("PROBNET_PYTHON"), "python3", "/usr/bin/python3" })
        {
            if (!string.IsNullOrEmpty(python) && TryStart(python, threads) is { } peer) return peer;
        }
        return null;
    }

    /// <summary>Makes a case ready and runs it a few times.</summary>
    public void Prepare(string name, object spec, int warm) => Ask(new { op = "start", name, spec, warm });

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
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() is { } line ? JsonSerializer.Deserialize<double[]>(line)! : throw new InvalidOperationException("the Python process ended; run pytorch/server.py by hand to see why");
    }

    private static Peer? TryStart(string python, int threads)
    {
        var count = threads.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "pytorch", "server.py"), count])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS" }) start.Environment[variable] = count;
        // The library chooses its kernels by the processor; a variable that names another one may halve its speed, and flatter us.
        foreach (var variable in new[] { "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE" }) start.Environment.Remove(variable);
        // Compiled files would be written beside the script.
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        try
        {
            var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            if (process.StandardOutput.ReadLine() is { } hello)
            {
                using var document = JsonDocument.Parse(hello);
                return new(process, document.RootElement.GetProperty("torch").GetString()!, document.RootElement.GetProperty("python").GetString()!);
            }
            process.WaitForExit();
            process.Dispose();
        }
        catch (Win32Exception)
        {
            // No such program.
        }
        return null;
    }
}
