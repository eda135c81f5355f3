namespace ProbNet.Graph;

/// <summary>Turns tensor graphs into executables.</summary>
public interface IBackend
{
    /// <summary>The name used on the command line, e.g. <c>cpu</c>.</summary>
    string Name { get; }

    /// <summary>Compiles <paramref name="graph"/> with all buffers planned and allocated.</summary>
    /// <exception cref="NotSupportedException">A primitive, named in the message, has no kernel here.</exception>
    /// <exception cref="OutOfMemoryException">The memory that <see cref="Plan"/> tells cannot be had.</exception>
    IExecutable Compile(TensorGraph graph, CompileOptions options);

    /// <summary>What <see cref="Compile"/> would make of <paramref name="graph"/>: takes no memory for its values, however large they are.</summary>
    /// <exception cref="NotSupportedException">A primitive, named in the message, has no kernel here.</exception>
    PlanSummary Plan(TensorGraph graph, CompileOptions options);
}

/// <summary>How to compile.</summary>
public sealed record CompileOptions
{
    /// <summary>State fed back: after each run the input takes the value of the output, in place where possible.</summary>
    public EqArray<Carry> Carries { get; init; } = [];

    /// <summary>Threads to use; 0 means all cores. Results do not depend on it.</summary>
    public int Threads { get; init; }
}

/// <summary>After a run, input <paramref name="Input"/> holds what output <paramref name="Output"/> computed (indices into the graph's lists).</summary>
public readonly record struct Carry(int Input, int Output);

/// <summary>A compiled graph with its buffers. Not thread-safe; independent executables share nothing mutable.</summary>
public interface IExecutable : IDisposable
{
    /// <summary>
    /// Whether <see cref="Run"/> may return before its results are computed. Writes and runs then go into a queue, in order, and reading waits for all of it:
    /// a loop that reads after each run computes nothing while it prepares the next.
    /// </summary>
    bool IsAsynchronous => false;

    /// <summary>Sets an input, for the runs that follow. The values have been taken when it returns. Allocates nothing.</summary>
    /// <exception cref="ArgumentException">The number or type of the values is not the input's.</exception>
    void Write<T>(int input, ReadOnlySpan<T> values) where T : unmanaged;

    /// <summary>Runs once on the current inputs, then feeds back the carries. Allocates nothing on the managed heap.</summary>
    void Run();

    /// <summary>Copies an output of the last run. Allocates nothing.</summary>
    void Read<T>(int output, Span<T> values) where T : unmanaged;

    /// <summary>Copies the current value of an input, e.g. of carried state.</summary>
    void ReadInput<T>(int input, Span<T> values) where T : unmanaged;

    /// <summary>The plan as text a person can read: kernels in order, buffers, bytes.</summary>
    string Describe();
}

/// <summary>Whole-tensor forms of <see cref="IExecutable"/>'s transfers.</summary>
public static class Executables
{
    /// <summary>Sets an input from host values of its type.</summary>
    public static void Write(this IExecutable executable, int input, HostTensor value)
    {
        switch (value.Data)
        {
            case float[] f: executable.Write<float>(input, f); break;
            case double[] d: executable.Write<double>(input, d); break;
            case long[] l: executable.Write<long>(input, l); break;
            case bool[] b: executable.Write<bool>(input, b); break;
        }
    }

    /// <summary>An output of the last run as a new host tensor of the given type and shape.</summary>
    public static HostTensor Read(this IExecutable executable, int output, TensorType type)
    {
        var result = HostTensor.Zeros(type.DType, type.Shape);
        switch (result.Data)
        {
            case float[] f: executable.Read<float>(output, f); break;
            case double[] d: executable.Read<double>(output, d); break;
            case long[] l: executable.Read<long>(output, l); break;
            case bool[] b: executable.Read<bool>(output, b); break;
        }
        return result;
    }

    /// <summary>The current value of an input as a new host tensor of the given type and shape.</summary>
    public static HostTensor ReadInput(this IExecutable executable, int input, TensorType type)
    {
        var result = HostTensor.Zeros(type.DType, type.Shape);
        switch (result.Data)
        {
            case float[] f: executable.ReadInput<float>(input, f); break;
            case double[] d: executable.ReadInput<double>(input, d); break;
            case long[] l: executable.ReadInput<long>(input, l); break;
            case bool[] b: executable.ReadInput<bool>(input, b); break;
        }
        return result;
    }
}
