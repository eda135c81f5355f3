using System.Runtime.InteropServices;

namespace ProbNet.Backends.Torch;

/// <summary>Owns one handle of the shim and frees it once, at disposal or, if that was forgotten, when it is collected.</summary>
internal abstract unsafe class ShimHandle : SafeHandle
{
    private readonly delegate* unmanaged<nint, void> _free;

    protected ShimHandle(ShimLibrary library, nint value, delegate* unmanaged<nint, void> free)
        : base(0, ownsHandle: true)
    {
        Library = library;
        _free = free;
        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;

    protected ShimLibrary Library { get; }

    /// <summary>The handle; the caller keeps this object alive while it is used.</summary>
    public nint Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    protected override bool ReleaseHandle()
    {
        _free(handle);
        return true;
    }
}

/// <summary>A script compiled through the shim.</summary>
internal sealed unsafe class ShimScript(ShimLibrary library, nint value) : ShimHandle(library, value, library.ScriptFree), ITorchScript;

/// <summary>A tensor made through the shim.</summary>
internal sealed unsafe class ShimTensor(ShimLibrary library, nint value) : ShimHandle(library, value, library.TensorFree), ITorchTensor
{
    /// <inheritdoc/>
    public void Write<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        fixed (T* from = values) Library.Check(Library.TensorWrite(Value, from, (long)values.Length * sizeof(T)));
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Read<T>(Span<T> values) where T : unmanaged
    {
        fixed (T* to = values) Library.Check(Library.TensorRead(Value, to, (long)values.Length * sizeof(T)));
        GC.KeepAlive(this);
    }
}

/// <summary>A step bound through the shim.</summary>
internal sealed unsafe class ShimStep(ShimLibrary library, nint value) : ShimHandle(library, value, library.StepFree), ITorchStep
{
    /// <inheritdoc/>
    public void Run()
    {
        Library.Check(Library.StepRun(Value));
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Read<T>(int output, Span<T> values) where T : unmanaged
    {
        fixed (T* to = values) Library.Check(Library.StepOutput(Value, output, to, (long)values.Length * sizeof(T)));
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public bool Capture()
    {
        int captured;
        Library.Check(Library.StepCapture(Value, &captured));
        GC.KeepAlive(this);
        CaptureRefusal = captured != 0 ? null : Library.LastError;
        return captured != 0;
    }

    /// <inheritdoc/>
    public string? CaptureRefusal { get; private set; }
}
