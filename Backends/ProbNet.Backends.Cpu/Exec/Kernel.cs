namespace ProbNet.Backends.Cpu;

/// <summary>
/// One step of a plan, ready to run: all addresses known. The work is cut into chunks by the shapes alone; chunks are independent of each other and
/// may run on any worker.
/// </summary>
internal abstract class Kernel
{
    /// <summary>The number of chunks; 1 where splitting does not pay.</summary>
    public int Chunks { get; init; } = 1;

    /// <summary>Runs one chunk on one worker, whose scratch memory no one else uses.</summary>
    public abstract void Run(int chunk, int worker);

    /// <summary>Runs after all chunks, on the calling thread.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>One line for the plan's description: what it does.</summary>
    public abstract string Describe();

    /// <summary>Bytes read and written.</summary>
    public required long Traffic { get; init; }

    /// <summary>Floating-point operations, counted as <see cref="ProbNet.Graph.KernelSummary"/> says.</summary>
    public required double Operations { get; init; }
}
