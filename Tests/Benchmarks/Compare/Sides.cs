namespace ProbNet.Benchmarks;

/// <summary>The processes of the other sides for a number of threads; ours on the embedded engine is this process.</summary>
internal sealed class Sides : IDisposable
{
    private const string NoPython = "No Python with PyTorch was found: only our sides are measured. On Debian: apt-get install python3-torch libopenblas0-pthread python3-numpy; PROBNET_PYTHON names another Python.";

    /// <summary>Starts what is asked for and can be had.</summary>
    public Sides(ComparisonOptions options, int threads)
    {
        PyTorch = options.NoPython ? null : Peer.PyTorch(threads);
        try
        {
            Libtorch = options.NoLibtorch ? null : Peer.Libtorch(threads, options.Quick);
        }
        catch
        {
            Dispose();
            throw;
        }
        var fault = Libtorch?.Fault;
        if (fault is not null)
        {
            Libtorch!.Dispose();
            Libtorch = null;
        }
        LeftOut =
        [
            .. PyTorch is not null ? [] : new[] { options.NoPython ? "PyTorch is left out." : NoPython },
            .. Libtorch is not null ? [] : new[] { fault is null ? "libtorch is left out." : $"libtorch is left out: {fault}." },
        ];
    }

    /// <summary>Python with PyTorch, or null.</summary>
    public Peer? PyTorch { get; }

    /// <summary>Our backend on libtorch, or null.</summary>
    public Peer? Libtorch { get; }

    /// <summary>What is missing and why, a line each.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        PyTorch?.Dispose();
        Libtorch?.Dispose();
    }
}
