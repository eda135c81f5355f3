using ProbNet.Backends.Torch;
using static TorchSharp.torch;
using NativeTensor = TorchSharp.torch.Tensor;

namespace ProbNet.Backends.TorchSharp;

/// <summary>A function bound to its arguments. Owns what the last run returned.</summary>
internal sealed class TorchSharpStep(jit.CompilationUnit unit, NativeTensor[] arguments) : ITorchStep
{
    /// <summary>The function that is called.</summary>
    public const string Call = "probnet_call";

    private readonly object[] _arguments = [.. arguments];
    private NativeTensor[] _outputs = [];
    private bool _disposed;

    /// <inheritdoc/>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Release();
        try
        {
            using var scope = no_grad();
            // An empty list comes back as a list of anything.
            _outputs = unit.invoke(Call, _arguments) as NativeTensor[] ?? [];
            foreach (var output in _outputs) output.DetachFromDisposeScope();
        }
        catch (Exception e) when (TorchSharpFaults.IsOurs(e))
        {
            throw TorchSharpFaults.Of(e);
        }
    }

    /// <inheritdoc/>
    public void Read<T>(int output, Span<T> values) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if ((uint)output >= (uint)_outputs.Length) throw new TorchException(TorchFault.Argument, $"there is no output {output}: the last run returned {_outputs.Length}");
        TorchSharpTensor.Read(_outputs[output], values);
    }

    /// <inheritdoc/>
    public bool Capture() => false;

    /// <inheritdoc/>
    public string CaptureRefusal => "TorchSharp has no calls for CUDA graphs";

    public void Dispose()
    {
        _disposed = true;
        Release();
    }

    private void Release()
    {
        foreach (var output in _outputs) output.Dispose();
        _outputs = [];
    }
}
