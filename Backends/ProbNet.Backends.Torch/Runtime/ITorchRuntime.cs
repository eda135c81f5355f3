using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>
/// All that the backend asks of libtorch: compile a script, make and move tensors, run a step. Emission, planning and execution stand above it and are the same
/// whatever binding is below.
/// </summary>
public interface ITorchRuntime : IDisposable
{
    /// <summary>What is bound, for people.</summary>
    TorchInfo Info { get; }

    /// <summary>
    /// Whether scripts may call <c>probnet.</c> operators: random numbers by counter and fused regions. Without them scripts keep to what libtorch has.
    /// </summary>
    bool HasOperators { get; }

    /// <summary>The number of CUDA devices; 0 where there is none or libtorch has no CUDA.</summary>
    int CudaDevices { get; }

    /// <summary>Compiles TorchScript functions.</summary>
    /// <exception cref="TorchException">The text does not compile; the message has libtorch's words, which show the line.</exception>
    ITorchScript Compile(string text);

    /// <summary>A dense tensor of zeros.</summary>
    /// <exception cref="TorchException">The device is not there or has not the memory.</exception>
    ITorchTensor Create(TorchDevice device, DType type, Shape shape);

    /// <summary>
    /// Binds a function <c>(List[Tensor], List[Tensor]) -> List[Tensor]</c> of a script to its inputs and constants. The tensors stay the caller's and must outlive the step.
    /// </summary>
    /// <exception cref="TorchException">The script has no such function.</exception>
    ITorchStep Bind(ITorchScript script, string function, IReadOnlyList<ITorchTensor> inputs, IReadOnlyList<ITorchTensor> constants);

    /// <summary>Waits until the device has done all it was given.</summary>
    /// <exception cref="TorchException">Work failed meanwhile.</exception>
    void Synchronize(TorchDevice device);

    /// <summary>Memory that libtorch holds on a device; zeros for the CPU, where it keeps no count.</summary>
    TorchMemory Memory(TorchDevice device);

    /// <summary>Threads of the CPU that operators may use; 0 means all cores.</summary>
    void SetThreads(int threads);

    /// <summary>Whether products of f32 on CUDA may be computed in TF32.</summary>
    void SetTf32(bool allowed);
}

/// <summary>A compiled script.</summary>
public interface ITorchScript : IDisposable;

/// <summary>A tensor of libtorch, dense and row-major.</summary>
public interface ITorchTensor : IDisposable
{
    /// <summary>Sets all elements. On CUDA it is queued behind the device's work and does not wait for it.</summary>
    /// <exception cref="TorchException">The number of bytes is not the tensor's, or the device failed.</exception>
    void Write<T>(ReadOnlySpan<T> values) where T : unmanaged;

    /// <summary>Copies all elements; waits for the device.</summary>
    /// <exception cref="TorchException">The number of bytes is not the tensor's, or the device failed.</exception>
    void Read<T>(Span<T> values) where T : unmanaged;
}

/// <summary>A function bound to its arguments.</summary>
public interface ITorchStep : IDisposable
{
    /// <summary>Runs once: one native call. On CUDA it is queued and does not wait.</summary>
    /// <exception cref="TorchException">An operator failed, or the device did.</exception>
    void Run();

    /// <summary>Copies an output of the last run; waits for the device.</summary>
    /// <exception cref="TorchException">The number of bytes is not the output's, or the device failed.</exception>
    void Read<T>(int output, Span<T> values) where T : unmanaged;

    /// <summary>
    /// Records what a run queues on the device, without doing it, and has the following runs replay that. The step must have run before, so that whatever is made at first is
    /// there. False where the device has no graphs or the step cannot be captured; the runs then go on as before.
    /// </summary>
    /// <exception cref="TorchException">The device failed.</exception>
    bool Capture();

    /// <summary>Why <see cref="Capture"/> was false, in libtorch's words; null where it was not, or nothing is known.</summary>
    string? CaptureRefusal => null;
}

/// <summary>What a runtime is.</summary>
/// <param name="Binding">How libtorch is reached, e.g. the path of the shim.</param>
/// <param name="Version">The version of libtorch, e.g. 1.13.0.</param>
/// <param name="Devices">The names of the CUDA devices.</param>
public sealed record TorchInfo(string Binding, string Version, EqArray<string> Devices);

/// <summary>Bytes on a device.</summary>
/// <param name="Allocated">Held by tensors.</param>
/// <param name="Reserved">Taken from the device.</param>
/// <param name="Peak">The most held by tensors so far.</param>
public readonly record struct TorchMemory(long Allocated, long Reserved, long Peak);

/// <summary>Where tensors live: the CPU, or a CUDA device.</summary>
/// <param name="Cuda">The number of the CUDA device, or null for the CPU.</param>
public readonly record struct TorchDevice(int? Cuda)
{
    /// <summary>The CPU.</summary>
    public static TorchDevice Cpu => default;

    /// <summary>Whether it is a CUDA device.</summary>
    public bool IsCuda => Cuda is not null;

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public override string ToString() => Cuda is { } index ? $"cuda:{index}" : "cpu";
}

/// <summary>What went wrong in libtorch.</summary>
public enum TorchFault
{
    /// <summary>An operator refused its operands, or anything that is none of the others.</summary>
    Operator,
    /// <summary>A script does not compile.</summary>
    Compile,
    /// <summary>Memory is not enough.</summary>
    Memory,
    /// <summary>The device is missing or failed; after a failure nothing more can be done with it in this process.</summary>
    Device,
    /// <summary>A call was wrong.</summary>
    Argument,
}

/// <summary>A failure that libtorch reported.</summary>
/// <param name="fault">What kind.</param>
/// <param name="message">Its words.</param>
public sealed class TorchException(TorchFault fault, string message) : Exception(message)
{
    /// <summary>What kind of failure it is.</summary>
    public TorchFault Fault { get; } = fault;
}
