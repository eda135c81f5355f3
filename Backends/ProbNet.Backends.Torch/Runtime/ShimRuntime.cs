using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>libtorch through the shim.</summary>
public sealed unsafe class ShimRuntime : ITorchRuntime
{
    private readonly ShimLibrary _library;

    private ShimRuntime(ShimLibrary library) => _library = library;

    /// <summary>Loads the shim at a path.</summary>
    /// <exception cref="DllNotFoundException">The file is not there, is damaged, or libtorch, which it needs, is not found.</exception>
    /// <exception cref="BadImageFormatException">It is no library for this processor.</exception>
    /// <exception cref="EntryPointNotFoundException">It is another library, or of another version.</exception>
    public static ShimRuntime Load(string path) => new(ShimLibrary.Load(path));

    /// <inheritdoc/>
    public TorchInfo Info => new(_library.Path, _library.TorchVersion, Enumerable.Range(0, CudaDevices).Select(NameOf).ToEqArray());

    /// <summary>The version of the libtorch that the shim was built with.</summary>
    public string BuildVersion => _library.BuildVersion;

    /// <inheritdoc/>
    public bool HasOperators => true;

    /// <inheritdoc/>
    public int CudaDevices
    {
        get
        {
            int count;
            _library.Check(_library.CudaDevices(&count));
            return count;
        }
    }

    /// <summary>Live handles of this process: tensors, scripts, steps, modules.</summary>
    public (long Tensors, long Scripts, long Steps, long Modules) Live
    {
        get
        {
            var counts = stackalloc long[4];
            _library.Live(counts);
            return (counts[0], counts[1], counts[2], counts[3]);
        }
    }

    /// <summary>The loaded library, for what goes beyond running steps.</summary>
    internal ShimLibrary Library => _library;

    /// <inheritdoc/>
    public ITorchScript Compile(string text)
    {
        nint made;
        fixed (byte* utf8 = ShimLibrary.Utf8(text)) _library.Check(_library.ScriptCompile(utf8, &made));
        return new ShimScript(_library, made);
    }

    /// <inheritdoc/>
    public ITorchTensor Create(TorchDevice device, DType type, Shape shape)
    {
        nint made;
        var sizes = stackalloc long[Math.Max(1, shape.Rank)];
        for (var i = 0; i < shape.Rank; i++) sizes[i] = shape[i];
        _library.Check(_library.TensorCreate((int)type, sizes, shape.Rank, device.IsCuda ? 1 : 0, device.Cuda ?? 0, &made));
        return new ShimTensor(_library, made);
    }

    /// <inheritdoc/>
    public ITorchStep Bind(ITorchScript script, string function, IReadOnlyList<ITorchTensor> inputs, IReadOnlyList<ITorchTensor> constants)
    {
        nint made;
        nint[] ins = Handles(inputs), fixedValues = Handles(constants);
        fixed (nint* first = ins, second = fixedValues)
        fixed (byte* name = ShimLibrary.Utf8(function))
            _library.Check(_library.StepCreate(((ShimScript)script).Value, name, first, ins.Length, second, fixedValues.Length, &made));
        GC.KeepAlive((script, inputs, constants));
        return new ShimStep(_library, made);
    }

    /// <inheritdoc/>
    public void Synchronize(TorchDevice device) => _library.Check(_library.Synchronize(device.IsCuda ? 1 : 0, device.Cuda ?? 0));

    /// <inheritdoc/>
    public TorchMemory Memory(TorchDevice device)
    {
        var bytes = stackalloc long[3];
        _library.Check(_library.Memory(device.IsCuda ? 1 : 0, device.Cuda ?? 0, bytes));
        return new(bytes[0], bytes[1], bytes[2]);
    }

    /// <inheritdoc/>
    public void SetThreads(int threads) => _library.Check(_library.SetThreads(threads));

    /// <inheritdoc/>
    public void SetTf32(bool allowed) => _library.Check(_library.SetTf32(allowed ? 1 : 0));

    /// <summary>Nothing: libtorch stays loaded until the process ends.</summary>
    public void Dispose()
    {
    }

    /// <summary>The CUDA source that a fused region's program becomes on a device; needs none.</summary>
    /// <exception cref="TorchException">The program is wrong.</exception>
    internal string RegionSource(string program)
    {
        long length;
        fixed (byte* utf8 = ShimLibrary.Utf8(program))
        {
            _library.Check(_library.RegionCudaSource(utf8, null, 0, &length));
            var text = new byte[length + 1];
            fixed (byte* to = text) _library.Check(_library.RegionCudaSource(utf8, to, text.Length, &length));
            return System.Text.Encoding.UTF8.GetString(text, 0, (int)length);
        }
    }

    private string NameOf(int device)
    {
        const int capacity = 256;
        var text = stackalloc byte[capacity];
        _library.Check(_library.CudaName(device, text, capacity));
        return System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)text) ?? "";
    }

    private static nint[] Handles(IReadOnlyList<ITorchTensor> tensors) => [.. tensors.Select(t => ((ShimTensor)t).Value)];
}
