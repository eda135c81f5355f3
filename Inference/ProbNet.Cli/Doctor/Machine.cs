using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using ProbNet.Backends.Cpu;
using ProbNet.Graph;

namespace ProbNet.Cli.Doctor;

/// <summary>What a computer is, as far as it matters here.</summary>
/// <param name="Runtime">The .NET that runs this.</param>
/// <param name="System">The operating system.</param>
/// <param name="Processor">The processor's name, or its architecture where the system does not tell.</param>
/// <param name="Features">What it has of the vector instructions that are used, as the runtime sees them.</param>
/// <param name="VectorBits">The vectors that the backend <c>cpu</c> computes with.</param>
/// <param name="Cores">The cores this process may use.</param>
/// <param name="Memory">Its memory.</param>
internal sealed record Machine(string Runtime, string System, string Processor, EqArray<string> Features, int VectorBits, int Cores, MachineMemory Memory)
{
    /// <summary>This computer.</summary>
    public static Machine This => new(RuntimeInformation.FrameworkDescription, $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}",
        SystemFile.Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(), Instructions(), CpuBackend.VectorBits, Environment.ProcessorCount, MachineMemory.Now);

    private static EqArray<string> Instructions() => new (string Name, bool Has)[]
    {
        ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512F", Avx512F.IsSupported), ("AVX-512BW", Avx512BW.IsSupported), ("AVX-512DQ", Avx512DQ.IsSupported),
        ("NEON", AdvSimd.IsSupported), ("NEON dot products", Dp.IsSupported),
    }.Where(i => i.Has).Select(i => i.Name).ToEqArray();
}

/// <summary>Memory in bytes.</summary>
/// <param name="Total">What the machine has, or what its container may use if that is less.</param>
/// <param name="Free">What of the machine's can still be had, or null where the system does not tell.</param>
/// <param name="Limit">What the container may use, or null where there is no limit.</param>
internal sealed record MachineMemory(long Total, long? Free, long? Limit)
{
    /// <summary>Now.</summary>
    public static MachineMemory Now => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Kilobytes("MemAvailable"), Limited());

    private static long? Limited() => new[] { "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes" }.Select(SystemFile.Lines)
        .Select(lines => lines is [var line, ..] && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes < Kilobytes("MemTotal") ? bytes : (long?)null)
        .FirstOrDefault(bytes => bytes is not null);

    private static long? Kilobytes(string field) => SystemFile.Field("/proc/meminfo", field)?.Split(' ')[0] is { } text
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : null;
}

/// <summary>Files in which Linux tells of itself.</summary>
internal static class SystemFile
{
    /// <summary>The first value of <c>name: value</c>, or null.</summary>
    public static string? Field(string path, string name) => Lines(path).Select(l => l.Split(':', 2)).FirstOrDefault(p => p.Length == 2 && p[0].Trim() == name)?[1].Trim();

    /// <summary>The lines; none where there is no such file or it is kept from us.</summary>
    public static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
