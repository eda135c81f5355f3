using System.Runtime.InteropServices;
using ProbNet.Backends.Torch;
using ProbNet.Graph;
using TorchSharp;
using static TorchSharp.torch;
using NativeTensor = TorchSharp.torch.Tensor;

namespace ProbNet.Backends.TorchSharp;

/// <summary>A tensor of TorchSharp that belongs to no scope of its user's: its owner here disposes of it.</summary>
internal sealed class TorchSharpTensor : ITorchTensor
{
    private TorchSharpTensor(NativeTensor value) => Value = value;

    /// <summary>TorchSharp's tensor.</summary>
    public NativeTensor Value { get; }

    public static TorchSharpTensor Zeros(TorchDevice device, DType type, Shape shape)
    {
        long[] sizes = [.. Enumerable.Range(0, shape.Rank).Select(i => (long)shape[i])];
        return new(TorchSharpFaults.Guard(() => zeros(sizes, Kind(type), device.Cuda is { } index ? torch.device(DeviceType.CUDA, index) : CPU)).DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public void Write<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        try
        {
            Write(Value, MemoryMarshal.AsBytes(values));
        }
        catch (Exception e) when (TorchSharpFaults.IsOurs(e))
        {
            throw TorchSharpFaults.Of(e);
        }
    }

    /// <inheritdoc/>
    public void Read<T>(Span<T> values) where T : unmanaged => Read(Value, values);

    public void Dispose() => Value.Dispose();

    /// <summary>Copies the elements of any tensor of TorchSharp.</summary>
    /// <exception cref="TorchException">The number of bytes is another, or libtorch failed.</exception>
    public static void Read<T>(NativeTensor tensor, Span<T> values) where T : unmanaged
    {
        try
        {
            var bytes = MemoryMarshal.AsBytes(values);
            if (tensor.device_type == DeviceType.CPU && tensor.is_contiguous())
            {
                Checked(tensor, bytes.Length).CopyTo(bytes);
                return;
            }
            using var there = tensor.cpu();
            using var dense = there.contiguous();
            Checked(dense, bytes.Length).CopyTo(bytes);
        }
        catch (Exception e) when (TorchSharpFaults.IsOurs(e))
        {
            throw TorchSharpFaults.Of(e);
        }
    }

    private static void Write(NativeTensor tensor, ReadOnlySpan<byte> bytes)
    {
        if (tensor.device_type == DeviceType.CPU)
        {
            bytes.CopyTo(Checked(tensor, bytes.Length));
            return;
        }
        using var staged = zeros(tensor.shape, tensor.dtype, CPU);
        bytes.CopyTo(Checked(staged, bytes.Length));
        using var scope = no_grad();
        tensor.copy_(staged);
    }

    // The tensor's own memory.
    private static Span<byte> Checked(NativeTensor tensor, int length)
    {
        var own = tensor.numel() * tensor.element_size();
        if (own != length) throw new TorchException(TorchFault.Argument, $"{length} bytes for a tensor of {own}");
        return length == 0 ? [] : tensor.bytes;
    }

    private static ScalarType Kind(DType type) => type switch
    {
        DType.F32 => ScalarType.Float32,
        DType.F64 => ScalarType.Float64,
        DType.I64 => ScalarType.Int64,
        DType.Bool => ScalarType.Bool,
    };
}
