using ProbNet.Backends.Cpu;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ProbNet.Benchmarks;

/// <summary>A step, gradient or prediction of some size, measured in a process of its own so that its memory and its first compilation are its own too.</summary>
/// <param name="Kind">"step" or "predict".</param>
/// <param name="Estimator">The estimator of a step.</param>
/// <param name="Width">The units of both hidden layers.</param>
/// <param name="Batch">The rows of a step.</param>
/// <param name="Rows">The rows of the data set, or predicted.</param>
/// <param name="Draws">The posterior draws of a prediction.</param>
internal sealed record Point(string Kind, string Estimator, int Width, int Batch, int Rows, int Draws)
{
    private const int Inputs = 64, Classes = 10;

    /// <summary>Measures here and now, on one thread.</summary>
    public PointResult Measured()
    {
        int[] widths = [Inputs, Width, Width, Classes];
        IWork Make() => Kind == "predict" ? new Prediction(widths, Rows, Draws, 1) : TrainingStep.Mlp(widths, Batch, Rows, Estimator, 1);
        var compile = new List<double>();
        var arena = 0.0;
        for (var i = 0; i < (Kind == "step" ? 4 : 1); i++)
        {
            using var other = Make();
            if (other is not TrainingStep step) continue;
            compile.Add(step.CompileSeconds);
            arena = ((CpuExecutable)step.Executable).ArenaBytes;
        }
        using var work = Make();
        Measure.Samples(work.Run, 0.3, 2);
        var (median, best) = Measure.Seconds(work.Run, 0.3);
        var allocated = Measure.Allocated(work.Run, Kind == "predict" ? 1 : 50, allThreads: true);
        using var process = Process.GetCurrentProcess();
        return new(median, best, allocated, process.PeakWorkingSet64, arena, compile.Count == 0 ? 0 : compile[0], compile.Count == 0 ? 0 : compile.Skip(1).Min());
    }

    /// <summary>Measures in a new process.</summary>
    public PointResult MeasuredApart()
    {
        var start = Processes.Itself("point", JsonSerializer.Serialize(this));
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<PointResult>(answer)! : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"measuring {this} ended with {process.ExitCode}"));
    }
}

/// <summary>What was measured of a point.</summary>
/// <param name="Median">Seconds of a run.</param>
/// <param name="Best">The shortest.</param>
/// <param name="Allocated">Managed bytes of a run.</param>
/// <param name="PeakBytes">The process's largest working set.</param>
/// <param name="ArenaBytes">The plan's own memory.</param>
/// <param name="FirstCompile">Seconds to optimise and compile the first time in the process.</param>
/// <param name="Compile">Seconds to do it again.</param>
internal sealed record PointResult(double Median, double Best, double Allocated, long PeakBytes, double ArenaBytes, double FirstCompile, double Compile);
