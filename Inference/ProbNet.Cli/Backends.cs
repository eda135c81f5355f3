using ProbNet.Backends.Cpu;
using ProbNet.Graph;

namespace ProbNet.Cli;

/// <summary>The backends by name, the default first. Adding one is a line here.</summary>
internal static class Backends
{
    private static readonly EqArray<IBackend> All = [new CpuBackend(), new ReferenceBackend()];

    /// <summary>Their names.</summary>
    public static string[] Names { get; } = [.. All.Select(b => b.Name)];

    /// <summary>The backend called <paramref name="name"/>, one of <see cref="Names"/>.</summary>
    public static IBackend Named(string name) => All.First(b => b.Name == name);
}
