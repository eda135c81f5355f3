using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ProbNet.Benchmarks;

/// <summary>The machine and the software of a measurement.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">Its cores.</param>
/// <param name="VectorBits">The widest vectors used.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Torch">PyTorch's version, or null without it.</param>
/// <param name="Date">When it was measured, UTC.</param>
/// <param name="Load">The processes that wanted to run during the minute before, or null where the system does not say: more than 0 means that figures are disturbed.</param>
internal sealed record Machine(string Processor, int Cores, int VectorBits, string System, string Runtime, string? Torch, string Date, double? Load)
{
    /// <summary>The version of libtorch that our backend runs on, or null without it.</summary>
    public string? Libtorch { get; init; }

    /// <summary>This machine now.</summary>
    public static Machine Here(string? torch) => new(
        Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount, Vector512.IsHardwareAccelerated ? 512 : 256,
        RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, torch, DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture), LoadNow());

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Processor}, {Cores} cores, {VectorBits}-bit vectors, {Runtime}, {(Torch is null ? "no PyTorch" : "PyTorch " + Torch)}{(Libtorch is null ? "" : $", libtorch {Libtorch}")}, {Date}{(Load is null ? "" : $", load {Load:0.0} before")}");

    private static string? Field(string file, string name) => !File.Exists(file) ? null
        : File.ReadLines(file).Where(l => l.StartsWith(name, StringComparison.Ordinal)).Select(l => l[(l.IndexOf(':') + 1)..].Trim()).FirstOrDefault();

    private static double? LoadNow() => File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;
}
