using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace ProbNet.Benchmarks;

/// <summary>Processes that measure apart from this one, and what of their environment the matrix library of libtorch and PyTorch reads when it is loaded.</summary>
internal static class Processes
{
    private static readonly string[] Counts = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];

    // The library chooses its kernels by the processor; a variable that names another one may halve its speed, and flatter the side without it.
    private static readonly string[] Foreign = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

    /// <summary>Starts this program with other arguments.</summary>
    public static ProcessStartInfo Itself(params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath ?? "dotnet";
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        // Run by the dotnet host, or from another program that uses this one's code, the program is the host's first argument.
        if (!isHost && Assembly.GetEntryAssembly() == typeof(Processes).Assembly) return new(program, arguments);
        return new(isHost ? program : "dotnet", [typeof(Processes).Assembly.Location, .. arguments]);
    }

    /// <summary>Has libraries of the process use so many threads and choose their kernels by the processor.</summary>
    public static ProcessStartInfo Settled(this ProcessStartInfo start, int threads)
    {
        foreach (var variable in Counts) start.Environment[variable] = threads.ToString(CultureInfo.InvariantCulture);
        foreach (var variable in Foreign) start.Environment.Remove(variable);
        return start;
    }

    /// <summary>Whether this process was started so.</summary>
    public static bool IsSettled(int threads) =>
        Counts.All(v => Environment.GetEnvironmentVariable(v) == threads.ToString(CultureInfo.InvariantCulture)) && Foreign.All(v => Environment.GetEnvironmentVariable(v) is null);
}
